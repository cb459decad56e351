//! The cost of a function, above it.

use lensai_text::Span;

use crate::view::FileView;

/// A line above a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLens {
    /// The function, with its decorators.
    pub span: Span,
    /// What it says: `≈ $0.0042 · 2 calls`.
    pub title: String,
}

/// A lens for each function that makes calls, in order of place.
pub fn code_lenses(_view: &FileView<'_>) -> Vec<CodeLens> {
    Vec::new()
}
