//! The cost of a function, above it.

use std::collections::BTreeMap;

use lensai_cost::{PricedCall, PricedFunction, Sum, about};
use lensai_models::Money;
use lensai_text::Span;

use crate::view::{Context, FileView};

/// A line above a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLens {
    /// The function, with its decorators.
    pub span: Span,
    /// What it says: `≈ $0.0042 · 2 calls`.
    pub title: String,
}

/// A lens for each function that makes calls or leads to some, in order of place.
pub fn code_lenses(view: &FileView<'_>, context: &Context<'_>) -> Vec<CodeLens> {
    let mut functions: BTreeMap<Span, Vec<&PricedCall>> = BTreeMap::new();
    for priced in view.calls {
        if let Some(function) = priced.call.places.function.filter(|span| view.slice(*span).is_some()) {
            functions.entry(function).or_default().push(priced);
        }
    }
    let leads_on = |span: &Span| view.functions.iter().any(|function| function.span == *span);
    functions.retain(|span, _| !leads_on(span));
    let own = functions.into_iter().map(|(span, calls)| CodeLens { span, title: title(&calls) });
    let shown = view.functions.iter().filter(|function| view.slice(function.span).is_some());
    let reaching = shown.map(|function| CodeLens { span: function.span, title: title_of_function(function, context) });
    let mut lenses: Vec<CodeLens> = own.chain(reaching).collect();
    lenses.sort_by_key(|lens| lens.span);
    lenses
}

/// `POST /chat · 3 calls · ≈ $0.021 / request`; without a route `≈ $0.021 · 3 calls`.
fn title_of_function(function: &PricedFunction, context: &Context<'_>) -> String {
    let sum = &function.sum;
    let calls = match sum.requests {
        0 => "? calls".to_owned(),
        1 => "1 call".to_owned(),
        several => format!("{several} calls"),
    };
    let cost = if sum.unpriced == sum.requests { "?".to_owned() } else { cost(sum) };
    let Some(first) = function.entries.first() else { return format!("{cost} · {calls}") };
    let more = function.entries.len() - 1;
    let name = if more == 0 { first.clone() } else { format!("{first} and {more} more") };
    let unit = if is_route(first) { "request" } else { "run" };
    let month =
        function.entries.iter().filter_map(|entry| context.traffic.get(entry)?.per_month()).reduce(|a, b| a + b);
    // What is not known is no sum of nothing.
    let month = month.filter(|_| sum.unpriced < sum.requests);
    let month = month.map(|times| format!(" · ≈ {} / month", about(sum.expected.times(times)))).unwrap_or_default();
    format!("{name} · {calls} · {cost} / {unit}{month}")
}

/// What is known of a sum; `+ ?` when there is more.
fn cost(sum: &Sum) -> String {
    let known = sum.expected.rounded();
    let sign = if known.starts_with('<') { "" } else { "≈ " };
    let more = if sum.is_open || sum.unpriced > 0 { " + ?" } else { "" };
    format!("{sign}{known}{more}")
}

/// An entry that is named by a method and a path, and not by its kind.
fn is_route(name: &str) -> bool {
    name.split(' ').next().is_some_and(|method| method.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// Each call once; what is not known is counted beside the sum, not in it.
fn title(calls: &[&PricedCall]) -> String {
    let costs: Vec<Money> = calls.iter().filter_map(|priced| priced.estimate.cost?.expected).collect();
    let unknown = calls.len() - costs.len();
    let sum = costs.iter().copied().sum::<Money>().rounded();
    let sign = if sum.starts_with('<') { "" } else { "≈ " };
    let cost = match (costs.len(), unknown) {
        (0, _) => "?".to_owned(),
        (_, 0) => format!("{sign}{sum}"),
        (_, unknown) => format!("{sign}{sum} and {unknown} unknown"),
    };
    let looped = calls.iter().filter(|priced| priced.call.in_loop).count();
    let counted = if calls.len() == 1 { "1 call".to_owned() } else { format!("{} calls", calls.len()) };
    match looped {
        0 => format!("{cost} · {counted}"),
        looped if looped == calls.len() => format!("{cost} a turn · {counted} in a loop"),
        looped => format!("{cost} · {counted}, {looped} in a loop"),
    }
}
