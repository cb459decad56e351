//! Prices what leads to requests.

use std::cell::RefCell;
use std::sync::Arc;

use lensai_calls::Call;
use lensai_calls::reach::{ReachingFunction, Request, Steps, WrapperSite, requests};
use lensai_cost::{Estimate, PricedFunction, PricedPart, PricedWrapper, Sum};
use lensai_semantics::SourceFile;
use rustc_hash::FxHashMap;

use super::handle::{Terms, costs_the_same};

/// Estimates requests on the ways to them, each that is the same once.
pub(super) struct Pricer<'t> {
    terms: Terms<'t>,
    known: RefCell<Known>,
}

/// By file and place.
type Known = FxHashMap<(SourceFile, u32), Vec<(Arc<Call>, Arc<Estimate>)>>;

impl<'t> Pricer<'t> {
    pub(super) fn new(terms: Terms<'t>) -> Self {
        Self { terms, known: RefCell::default() }
    }

    pub(super) fn sum(&self, steps: &Steps) -> Sum {
        Sum::over(steps, &mut |request| self.estimate(request))
    }

    pub(super) fn function(&self, function: &ReachingFunction) -> PricedFunction {
        let entries = function.entries.iter().map(ToString::to_string).collect();
        PricedFunction { span: function.span, entries, sum: self.sum(&function.steps) }
    }

    pub(super) fn wrapper(
        &self,
        site: WrapperSite,
        steps: &Steps,
        path_of: &dyn Fn(SourceFile) -> String,
    ) -> PricedWrapper {
        let parts = requests(steps).into_iter().map(|reached| PricedPart {
            path: path_of(reached.request.file),
            call: Arc::clone(&reached.request.call),
            times: reached.times,
            estimate: self.estimate(reached.request),
        });
        PricedWrapper { span: site.span, in_loop: site.in_loop, sum: self.sum(steps), parts: parts.collect() }
    }

    fn estimate(&self, request: &Request) -> Arc<Estimate> {
        let mut known = self.known.borrow_mut();
        let known = known.entry((request.file, request.call.span.start)).or_default();
        if let Some((_, estimate)) = known.iter().find(|(call, _)| costs_the_same(call, &request.call)) {
            return Arc::clone(estimate);
        }
        let estimate = Arc::new(self.terms.pricing.estimate(&request.call, &self.terms.assumptions, self.terms.date));
        known.push((Arc::clone(&request.call), Arc::clone(&estimate)));
        estimate
    }
}
