//! What a call costs, reckoned step by step.

use lensai_calls::Call;
use lensai_cost::{Estimate, provider, rate_text};
use lensai_models::{Money, Price, Unit, When};
use lensai_tokens::Count;

use super::{CostExplained, CostPart, Explainer};
use crate::report::build::tokens;
use crate::report::json::CostUsd;

pub(super) fn cost(call: &Call, estimate: &Estimate, explainer: &Explainer<'_>) -> CostExplained {
    let name = call.model.name.as_ref().or(match call.model.candidates.as_slice() {
        [only] => Some(only),
        _ => None,
    });
    let found = name.and_then(|name| explainer.pricing.catalogue.lookup(provider(call), name).ok());
    let price = found.and_then(|found| found.price(&When::on(explainer.date)).ok());
    CostExplained {
        input_tokens: estimate.input.as_ref().map(|input| tokens(input.total)),
        output_tokens: estimate.output.map(tokens),
        parts: price.map(|price| parts(estimate, &price)).unwrap_or_default(),
        cost_usd: estimate.cost.map(CostUsd::from),
        unpriced: estimate.unpriced.clone(),
        source: estimate.price.as_ref().map(|price| price.source.clone()),
        as_of: estimate.price.as_ref().map(|price| price.as_of.to_string()),
        assumed_tokens_per_hole: explainer.assumptions.tokens_per_hole,
        assumed_output_tokens: explainer.assumptions.output_tokens,
    }
}

/// A bound of a count, when it has that.
type Bound = fn(Count) -> Option<u64>;

/// Tokens × rate for each bound whose parts add up to what is estimated: others are sums of more.
fn parts(estimate: &Estimate, price: &Price) -> Vec<CostPart> {
    let (Some(cost), Some(input)) = (estimate.cost, &estimate.input) else { return Vec::new() };
    let input = input.total;
    let output = estimate.output;
    let bounds: [(&str, Option<u64>, Bound, Option<Money>); 3] = [
        ("low", Some(input.low), |count| Some(count.low), Some(cost.low)),
        ("expected", Some(input.expected), |count| Some(count.expected), cost.expected),
        ("high", input.high, |count| count.high, cost.high),
    ];
    let mut found = Vec::new();
    for (bound, sent, of, sum) in bounds {
        let (Some(sent), Some(sum)) = (sent, sum) else { continue };
        let part = |name: &str, tokens: u64, count: Count, unit: Unit| {
            let rate = price.rate(unit, sent)?;
            Some(CostPart {
                part: name.to_owned(),
                bound: bound.to_owned(),
                tokens,
                method: count.method,
                usd_per_mtok: rate_text(rate),
                usd: Money::of_tokens(tokens, rate),
            })
        };
        let answered = output.and_then(|output| Some((of(output)?, output))).filter(|(tokens, _)| *tokens > 0);
        let own: Vec<CostPart> = part("input", sent, input, Unit::In)
            .into_iter()
            .chain(answered.and_then(|(tokens, output)| part("output", tokens, output, Unit::Out)))
            .collect();
        if own.iter().map(|part| part.usd).sum::<Money>() == sum {
            found.extend(own);
        }
    }
    found
}
