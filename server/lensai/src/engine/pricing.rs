//! What calls are priced with.

use std::sync::Arc;
use std::time::SystemTime;

use lensai_calls::Call;
use lensai_cost::{Assumptions, Estimate, estimate};
use lensai_models::{Catalogue, Date, InvalidCatalogue};
use lensai_tokens::Tokenizers;

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

/// The day, UTC. A clock before 1970 is wrong: prices of the first day known are used then.
pub fn today() -> Date {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Date::from_unix_seconds(since.as_secs())
}
