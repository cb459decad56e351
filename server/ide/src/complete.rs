//! Names of models and directives, where they are written.

mod directive;
mod model;

use lensai_text::Span;

use crate::text::{Place, index, place};
use crate::view::{Context, FileView};

/// Something that can be written here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What it is called.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// What it takes the place of.
    pub replace: Span,
    /// What is written.
    pub insert: String,
    /// A short line beside the label: `$2.50 in · $10.00 out per 1M · 128k context`.
    pub detail: String,
    /// Markdown.
    pub documentation: Option<String>,
    /// To be shown struck through: the model is about to end, or has.
    pub deprecated: bool,
    /// Where it stands in the list: texts in the order of the alphabet.
    pub sort: String,
}

/// What a [`Completion`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    /// The name of a model.
    Model,
    /// A word of a directive.
    Directive,
    /// The code of a finding.
    Code,
}

/// What can be written at an offset; empty where there is nothing to say.
pub fn completions(view: &FileView<'_>, offset: u32, context: &Context<'_>) -> Vec<Completion> {
    let at = index(view.text, offset);
    match place(view.text, at, view.language) {
        Place::Literal(span) => model::completions(view, at, span, context),
        Place::Comment(span) => directive::completions(view, at, span),
        Place::Code => Vec::new(),
    }
}
