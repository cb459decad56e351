//! Prices what leads to requests.

use std::sync::Arc;

use lensai_calls::Call;
use lensai_calls::reach::{ReachingFunction, Steps, WrapperSite, requests};
use lensai_cost::{Estimate, PricedFunction, PricedPart, PricedWrapper};
use lensai_semantics::SourceFile;

use crate::engine::pricing::Estimates;

/// A function, with what all that it leads to costs.
pub(super) fn function(
    estimates: &Estimates<impl Fn(&Call) -> Estimate>,
    function: &ReachingFunction,
) -> PricedFunction {
    let entries = function.entries.iter().map(ToString::to_string).collect();
    PricedFunction { span: function.span, entries, sum: estimates.sum(&function.steps) }
}

/// A call of such a function, with its parts.
pub(super) fn wrapper(
    estimates: &Estimates<impl Fn(&Call) -> Estimate>,
    site: WrapperSite,
    steps: &Steps,
    path_of: &dyn Fn(SourceFile) -> String,
) -> PricedWrapper {
    let parts = requests(steps).into_iter().map(|reached| PricedPart {
        path: path_of(reached.request.file),
        call: Arc::clone(&reached.request.call),
        times: reached.times,
        estimate: estimates.of(reached.request),
    });
    PricedWrapper { span: site.span, in_loop: site.in_loop, sum: estimates.sum(steps), parts: parts.collect() }
}
