//! What can be done about a call.

mod comment;
mod limit;
mod model;

use lensai_calls::{Constant, constant_in};
use lensai_checks::{Code, Finding};
use lensai_cost::PricedCall;
use lensai_syntax::Language;
use lensai_text::Span;

use crate::text::unquoted;
use crate::view::{Context, FileView};

/// A change that an editor offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeAction {
    /// What it does, in the imperative.
    pub title: String,
    /// What kind of change it is.
    pub kind: ActionKind,
    /// The changes, all of this text, in order of place and not overlapping.
    pub edits: Vec<Edit>,
    /// What is changed instead, in another file: [`ConstantEdit::in_text`] finds the place.
    pub elsewhere: Option<ConstantEdit>,
    /// The findings that are mended by it, as indexes of [`FileView::findings`].
    pub fixes: Vec<usize>,
    /// The one to take when there are several for a finding.
    pub preferred: bool,
}

/// What kind of change a [`CodeAction`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionKind {
    /// It mends a finding.
    QuickFix,
    /// It changes code that is not wrong.
    Rewrite,
}

/// A change of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What is written.
    pub text: String,
}

/// A change of the text that a constant of another file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConstantEdit {
    /// The constant.
    pub constant: Constant,
    /// Its text, without quotes.
    pub old: String,
    /// What is written in its place.
    pub new: String,
}

impl ConstantEdit {
    /// The change in the text of that file; none when it does not say what it is expected to.
    pub fn in_text(&self, text: &str, language: Language) -> Option<Edit> {
        let literal = constant_in(text, language, &self.constant.name)?;
        let span = unquoted(text, literal).filter(|span| text.get(span.range()) == Some(self.old.as_str()))?;
        Some(Edit { span, text: self.new.clone() })
    }
}

/// So many calls are looked at: a selection of the whole file offers what can be done about its first ones.
const MOST_CALLS: usize = 8;

/// What can be done in a range of the text. A cursor is an empty range.
pub fn code_actions(view: &FileView<'_>, range: Span, context: &Context<'_>) -> Vec<CodeAction> {
    let touched = |span: Span| span.start <= range.end && range.start <= span.end;
    let is_here = |call: &PricedCall| {
        let elsewhere = call.call.places.model_literal;
        view.slice(call.call.span).is_some() && (touched(call.call.span) || elsewhere.is_some_and(touched))
    };
    let mut actions = Vec::new();
    let calls = view.calls.iter().enumerate().filter(|(_, call)| is_here(call)).take(MOST_CALLS);
    for (index, priced) in calls {
        let subject = Subject { view, context, index, priced };
        actions.extend(model::actions(&subject));
        actions.extend(limit::actions(&subject));
        actions.extend(comment::actions(&subject));
    }
    actions
}

/// A call about which something may be done.
struct Subject<'a> {
    view: &'a FileView<'a>,
    context: &'a Context<'a>,
    index: usize,
    priced: &'a PricedCall,
}

impl<'a> Subject<'a> {
    /// The findings of the call, with their indexes.
    fn findings(&self) -> impl Iterator<Item = (usize, &'a Finding)> {
        let index = self.index;
        self.view.findings.iter().enumerate().filter(move |(_, finding)| finding.call == Some(index))
    }

    /// The findings of the call that have one of these codes.
    fn with_codes(&self, codes: &[Code]) -> Vec<usize> {
        self.findings().filter(|(_, finding)| codes.contains(&finding.code)).map(|(at, _)| at).collect()
    }

    /// An action, which mends what `fixes` names.
    fn action(title: String, edit: Edit, fixes: Vec<usize>) -> CodeAction {
        let kind = if fixes.is_empty() { ActionKind::Rewrite } else { ActionKind::QuickFix };
        CodeAction { title, kind, edits: vec![edit], elsewhere: None, fixes, preferred: false }
    }

    /// An action in another file.
    fn elsewhere(title: String, edit: ConstantEdit, fixes: Vec<usize>) -> CodeAction {
        let kind = if fixes.is_empty() { ActionKind::Rewrite } else { ActionKind::QuickFix };
        CodeAction { title, kind, edits: Vec::new(), elsewhere: Some(edit), fixes, preferred: false }
    }
}
