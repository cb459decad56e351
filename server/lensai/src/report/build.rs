//! From located calls and their estimates to the report.

use std::collections::BTreeMap;

use lensai_calls::Call;
use lensai_config::Rate;
use lensai_cost::Estimate;
use lensai_models::{Money, Status};
use lensai_tokens::Count;

use super::json::{
    CallReport, CostUsd, ErrorReport, InputTokens, Kind, Position, Price, Range, SCHEMA, ScanReport, StaticTokens,
    Tokens, Totals, Turns,
};
use super::reach::{Reporter, only};
use crate::engine::{self, LocatedCall, Scan};

impl ScanReport {
    /// The report of a scan. `root` is shown as it is given; `estimate` is asked once for each call on each way to it that makes
    /// another call of it. `traffic` says how often routes are called.
    pub fn new(
        root: &str,
        scan: &Scan,
        traffic: &BTreeMap<String, Rate>,
        estimate: impl Fn(&Call) -> Estimate,
    ) -> Self {
        let mut calls: Vec<CallReport> =
            scan.calls.iter().map(|located| call_report(located, estimate(&located.call))).collect();
        let reporter = Reporter::new(estimate);
        calls.extend(scan.reach.wrappers.iter().map(|wrapper| reporter.wrapper(wrapper)));
        let place = |call: &CallReport| (call.path.clone(), call.cell, call.range.start, call.range.end, call.kind);
        calls.sort_by_cached_key(place);
        let routes = scan.reach.entries.iter().map(|entry| reporter.route(entry, traffic)).collect();
        let errors = scan
            .errors
            .iter()
            .map(|error| ErrorReport { path: error.path.clone(), message: error.message.clone() })
            .collect();
        Self { routes, ..Self::of(root, calls, errors) }
    }

    /// A report of calls that are already estimated: makes the sums.
    pub fn of(root: &str, calls: Vec<CallReport>, errors: Vec<ErrorReport>) -> Self {
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            root: root.to_owned(),
            totals: Totals::of(&calls),
            calls,
            prompt_refs: Vec::new(),
            routes: Vec::new(),
            errors,
        }
    }
}

impl Totals {
    /// Each direct call once; a wrapper's cost is that of the calls it reaches, which are counted already.
    fn of(calls: &[CallReport]) -> Self {
        let direct = || calls.iter().filter(|call| call.kind == Kind::Direct);
        let priced = direct().filter(|call| call.expected_cost().is_some()).count();
        let calls = direct().count();
        Self {
            calls,
            priced,
            unpriced: calls - priced,
            expected_usd_per_pass: direct().filter_map(CallReport::expected_cost).sum::<Money>(),
        }
    }
}

impl CallReport {
    /// What one call is expected to cost, when that is known.
    pub fn expected_cost(&self) -> Option<Money> {
        self.cost_usd.and_then(|cost| cost.expected)
    }
}

fn call_report(located: &LocatedCall, estimate: Estimate) -> CallReport {
    let call = &located.call;
    CallReport {
        path: located.path.clone(),
        cell: located.cell,
        language: located.language.name().to_owned(),
        range: Range { start: position(located.start), end: position(located.end) },
        kind: Kind::Direct,
        reaches: Vec::new(),
        sdk: call.sdk.to_string(),
        operation: call.operation.as_str().to_owned(),
        provider: call.provider.as_ref().map(ToString::to_string),
        model: call.model.name.as_ref().map(ToString::to_string),
        models: call.model.candidates.iter().map(ToString::to_string).collect(),
        model_origin: call.model.origin.as_str().to_owned(),
        function: located.function.clone(),
        route: only(&located.routes),
        routes: located.routes.clone(),
        in_loop: call.in_loop,
        input_tokens: estimate.input.map(|input| InputTokens {
            total: tokens(input.total),
            fixed: StaticTokens { tokens: input.fixed.expected, method: input.fixed.method },
            holes: input.holes,
        }),
        output_tokens: estimate.output.map(tokens),
        max_output_tokens: call.max_output,
        turns: estimate.turns.map(|turns| Turns {
            low: 1,
            expected: turns.expected,
            high: turns.limit,
            high_expected_usd: turns.at_limit,
        }),
        cost_usd: estimate.cost.map(CostUsd::from),
        price: estimate.price.map(|price| Price {
            input_per_mtok: price.input_per_mtok,
            output_per_mtok: price.output_per_mtok,
            source: price.source,
            as_of: price.as_of.to_string(),
        }),
        prompts: Vec::new(),
        notes: estimate.notes,
        ending: estimate.status.filter(|status| *status != Status::Active).map(Status::as_str),
        unpriced: estimate.unpriced,
    }
}

pub(super) fn position(position: engine::Position) -> Position {
    Position { line: position.line, column: position.column }
}

pub(super) fn tokens(count: Count) -> Tokens {
    Tokens { low: count.low, expected: count.expected, high: count.high, method: count.method }
}
