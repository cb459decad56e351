//! All checks over the calls of a file.

use lensai_calls::Directive;
use lensai_cost::PricedCall;
use lensai_models::{Catalogue, Date};

use crate::finding::{Finding, Settings};

/// What the checks need beside the calls.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Models, limits and prices.
    pub catalogue: &'a Catalogue,
    /// The day, UTC.
    pub today: Date,
    /// How loud each finding is.
    pub settings: &'a Settings,
}

/// The findings of a file, in order of place. `calls` and `directives` are all of the file's, in order.
pub fn check(_calls: &[PricedCall], _directives: &[Directive], _context: &Context<'_>) -> Vec<Finding> {
    Vec::new()
}
