//! What is shown of the thing under the mouse.

use lensai_text::Span;

use crate::view::{Context, FileView};

/// A hover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub span: Span,
    /// What it says, as Markdown.
    pub markdown: String,
}

/// The hover at an offset: over a text that names a model its limits and prices, else over a call its cost in parts.
pub fn hover(_view: &FileView<'_>, _offset: u32, _context: &Context<'_>) -> Option<Hover> {
    None
}
