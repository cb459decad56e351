//! The cost of a call, beside it.

use lensai_models::Money;
use lensai_text::Span;

use crate::template::Template;
use crate::view::{Context, FileView};

/// How hints are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HintSettings {
    /// Calls that are expected to cost less have none. A cost that is not known is always shown.
    pub minimum_cost: Money,
    /// What they say.
    pub template: Template,
    /// Where they stand.
    pub position: HintPosition,
}

/// Where a hint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum HintPosition {
    /// At the end of the line on which the call begins.
    #[default]
    EndOfLine,
    /// Behind the call's closing parenthesis.
    AfterCall,
}

/// A hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlayHint {
    /// Where it stands, in bytes.
    pub offset: u32,
    /// At most 24 characters.
    pub label: String,
    /// The call, by its index: for [`hint_tooltip`].
    pub call: usize,
}

/// The hints in a range of the text, in order of place.
pub fn inlay_hints(_view: &FileView<'_>, _range: Span, _settings: &HintSettings) -> Vec<InlayHint> {
    Vec::new()
}

/// The Markdown that a hint shows when it is pointed at; none when there is no such call.
pub fn hint_tooltip(_view: &FileView<'_>, _call: usize, _context: &Context<'_>) -> Option<String> {
    None
}
