//! What can be done about a call.

use lensai_text::Span;

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

/// What can be done in a range of the text. A cursor is an empty range.
pub fn code_actions(_view: &FileView<'_>, _range: Span, _context: &Context<'_>) -> Vec<CodeAction> {
    Vec::new()
}
