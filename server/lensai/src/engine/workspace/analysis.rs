//! What is known of one open file.

use std::sync::Arc;

use lensai_calls::Call;
use lensai_cost::Estimate;
use lensai_syntax::Language;
use lensai_syntax::hir::{Directive, Problem};
use smol_str::SmolStr;

/// A call with what it costs.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedCall {
    /// The call; its span is absolute in the text.
    pub call: Call,
    /// What it takes and costs.
    pub estimate: Arc<Estimate>,
}

/// What is known of one file, in byte offsets of its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// Relative to the root of its workspace, with `/`.
    pub path: SmolStr,
    /// How it was read.
    pub language: Language,
    /// Its calls, in order of place.
    pub calls: Vec<PricedCall>,
    /// Its `lensai:` comments, in order of place.
    pub directives: Vec<Directive>,
    /// What could not be read of it.
    pub problems: Vec<Problem>,
}
