//! What the features look at.

use std::collections::BTreeMap;

use lensai_calls::Directive;
use lensai_checks::Finding;
use lensai_config::Rate;
use lensai_cost::{Assumptions, PricedCall};
use lensai_models::{Catalogue, Date};
use lensai_syntax::Language;

/// One text, and all that is known of it.
#[derive(Debug, Clone, Copy)]
pub struct FileView<'a> {
    /// Relative to the workspace, with `/`; as it is for a file outside of one.
    pub path: &'a str,
    /// The language of the text.
    pub language: Language,
    /// The text; of a notebook the joined text of its cells.
    pub text: &'a str,
    /// Its calls, in order of place.
    pub calls: &'a [PricedCall],
    /// Its `lensai:` comments, in order of place.
    pub directives: &'a [Directive],
    /// Its findings, in order of place.
    pub findings: &'a [Finding],
}

/// What is the same for all files of a workspace.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Models, limits and prices.
    pub catalogue: &'a Catalogue,
    /// The day, UTC.
    pub today: Date,
    /// What is taken for numbers that the code does not say.
    pub assumptions: Assumptions,
    /// How often a function is called, from `[traffic]` of the workspace, by its qualified name (`app.summarize.Summarizer.run`).
    pub traffic: &'a BTreeMap<String, Rate>,
}
