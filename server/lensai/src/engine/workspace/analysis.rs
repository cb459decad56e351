//! What is known of one open file.

use std::sync::Arc;

use lensai_calls::reach::FileReach;
use lensai_calls::{Call, Directive};
use lensai_checks::Finding;
use lensai_cost::{PricedCall, PricedFunction, PricedWrapper};
use lensai_syntax::Language;
use smol_str::SmolStr;

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
    /// What is wrong with them, in order of place.
    pub findings: Vec<Finding>,
    /// Its functions that lead to requests by way of others, or handle a route, in order of place.
    pub functions: Vec<PricedFunction>,
    /// Its calls of functions that lead to requests, in order of place.
    pub wrappers: Vec<PricedWrapper>,
    /// What leads to requests as it was found, with the calls.
    pub(super) reach: Arc<FileReach>,
    /// The calls as they were found: the same list as long as nothing changes that they rest on.
    pub(super) found: Arc<[Call]>,
}
