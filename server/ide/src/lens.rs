//! The cost of a function, above it.

use std::collections::BTreeMap;

use lensai_cost::PricedCall;
use lensai_models::Money;
use lensai_text::Span;

use crate::view::FileView;

/// A line above a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLens {
    /// The function, with its decorators.
    pub span: Span,
    /// What it says: `≈ $0.0042 · 2 calls`.
    pub title: String,
}

/// A lens for each function that makes calls, in order of place.
pub fn code_lenses(view: &FileView<'_>) -> Vec<CodeLens> {
    let mut functions: BTreeMap<Span, Vec<&PricedCall>> = BTreeMap::new();
    for priced in view.calls {
        if let Some(function) = priced.call.places.function.filter(|span| view.slice(*span).is_some()) {
            functions.entry(function).or_default().push(priced);
        }
    }
    functions.into_iter().map(|(span, calls)| CodeLens { span, title: title(&calls) }).collect()
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
