//! What calls are priced with.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::SystemTime;

use lensai_calls::Call;
use lensai_calls::reach::{Request, Steps};
use lensai_cost::{Assumptions, Estimate, Sum, estimate};
use lensai_models::{Catalogue, Date, InvalidCatalogue};
use lensai_semantics::SourceFile;
use lensai_tokens::Tokenizers;
use rustc_hash::FxHashMap;

/// Prices and tokenizers.
pub struct Pricing {
    /// What models cost.
    pub catalogue: Catalogue,
    /// What counts tokens.
    pub tokenizers: Arc<Tokenizers>,
}

impl Pricing {
    /// With the catalogue in this program.
    pub fn builtin() -> Result<Self, InvalidCatalogue> {
        Self::with(Arc::default())
    }

    /// With the catalogue in this program, and tokenizers that somebody else has as well.
    pub fn with(tokenizers: Arc<Tokenizers>) -> Result<Self, InvalidCatalogue> {
        Ok(Self { catalogue: Catalogue::builtin()?, tokenizers })
    }

    /// What a call takes and costs on a day.
    pub fn estimate(&self, call: &Call, assumptions: &Assumptions, date: Date) -> Estimate {
        estimate(call, &self.catalogue, &self.tokenizers, assumptions, date)
    }
}

/// Estimates of requests on the ways to them: most are on every way what they are by themselves, and those that are the same are
/// estimated once.
pub struct Estimates<E> {
    estimate: E,
    known: RefCell<Known>,
}

/// By file and place.
type Known = FxHashMap<(SourceFile, u32), Vec<(Arc<Call>, Arc<Estimate>)>>;

impl<E: Fn(&Call) -> Estimate> Estimates<E> {
    /// None is known yet; `estimate` says what a call takes and costs.
    pub fn new(estimate: E) -> Self {
        Self { estimate, known: RefCell::default() }
    }

    /// The estimate of a request.
    pub fn of(&self, request: &Request) -> Arc<Estimate> {
        let mut known = self.known.borrow_mut();
        let known = known.entry((request.file, request.call.span.start)).or_default();
        if let Some((_, estimate)) = known.iter().find(|(call, _)| costs_the_same(call, &request.call)) {
            return Arc::clone(estimate);
        }
        let estimate = Arc::new((self.estimate)(&request.call));
        known.push((Arc::clone(&request.call), Arc::clone(&estimate)));
        estimate
    }

    /// What all requests among steps take and cost.
    pub fn sum(&self, steps: &Steps) -> Sum {
        Sum::over(steps, &mut |request| self.of(request))
    }
}

/// Whether two calls are the same in everything that an estimate rests on.
pub(crate) fn costs_the_same(a: &Call, b: &Call) -> bool {
    a.sdk == b.sdk
        && a.operation == b.operation
        && a.provider == b.provider
        && a.model == b.model
        && a.max_output == b.max_output
        && a.answers == b.answers
        && a.turns == b.turns
        && a.history == b.history
        && a.notes == b.notes
        && a.annotation == b.annotation
        && a.prompt == b.prompt
}

/// The day, UTC. A clock before 1970 is wrong: prices of the first day known are used then.
pub fn today() -> Date {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Date::from_unix_seconds(since.as_secs())
}
