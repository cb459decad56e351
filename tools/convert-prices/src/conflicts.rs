//! Where the two data sets disagree.

use std::fmt;

use lensai_models::schema::Provider;
use lensai_models::{Date, Unit};
use rust_decimal::Decimal;

use crate::litellm::Table;

/// Two prices of one model, in and out, in dollars per million tokens.
#[derive(Debug)]
pub(crate) struct Conflict {
    provider: String,
    model: String,
    ours: (Decimal, Decimal),
    theirs: (Decimal, Decimal),
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, model, ours, theirs } = self;
        write!(f, "{provider} {model}: genai-prices {}/{}, litellm {}/{}", ours.0, ours.1, theirs.0, theirs.1)
    }
}

/// The models whose standard price on a day differs by more than 1 %.
pub(crate) fn find(providers: &[Provider], table: &Table, date: Date) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    for provider in providers {
        for model in &provider.models {
            let always = |row: &&lensai_models::schema::Row| {
                row.when == lensai_models::schema::Conditions::default() && row.from.is_none_or(|from| from <= date)
            };
            let Some(row) = model.prices.iter().rev().find(always) else { continue };
            let Some(ours) = row.rate.get(Unit::In).zip(row.rate.get(Unit::Out)) else { continue };
            let Some(theirs) = table.prices(&provider.id, model) else { continue };
            if differ(ours.0, theirs.0) || differ(ours.1, theirs.1) {
                conflicts.push(Conflict { provider: provider.id.clone(), model: model.id.clone(), ours, theirs });
            }
        }
    }
    conflicts
}

fn differ(a: Decimal, b: Decimal) -> bool {
    (a - b).abs() * Decimal::ONE_HUNDRED > a.max(b)
}
