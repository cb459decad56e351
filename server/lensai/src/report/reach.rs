//! From what leads to requests to the report: calls of the project's own functions, and routes.

use std::collections::BTreeMap;
use std::sync::Arc;

use lensai_calls::Call;
use lensai_calls::reach::{is_cut, requests};
use lensai_config::Rate;
use lensai_cost::{Estimate, Sum};
use lensai_models::Money;

use super::build::{position, tokens};
use super::json::{CallReport, CostUsd, InputTokens, Kind, PerMonth, Range, Reach, RouteReport, StaticTokens};
use crate::engine::pricing::Estimates;
use crate::engine::reach::{LocatedEntry, ReachedCall, Wrapper};

/// Reports what leads to requests, with its estimates.
pub(super) struct Reporter<E>(Estimates<E>);

impl<E: Fn(&Call) -> Estimate> Reporter<E> {
    pub(super) fn new(estimate: E) -> Self {
        Self(Estimates::new(estimate))
    }

    /// A call of a function of the project.
    pub(super) fn wrapper(&self, wrapper: &Wrapper) -> CallReport {
        let sum = self.0.sum(&wrapper.steps);
        let reached = requests(&wrapper.steps);
        let estimates: Vec<Arc<Estimate>> = reached.iter().map(|reached| self.0.of(reached.request)).collect();
        let calls: Vec<&Arc<Call>> = reached.iter().map(|reached| &reached.request.call).collect();
        let expected = |(_, estimate): &(&&Arc<Call>, &Arc<Estimate>)| estimate.cost.and_then(|cost| cost.expected);
        let dearest = calls.iter().zip(&estimates).max_by_key(expected).map(|(call, _)| call);
        let one = |of: &dyn Fn(&Call) -> Option<String>| {
            let first = of(calls.first()?)?;
            calls.iter().all(|call| of(call).as_ref() == Some(&first)).then_some(first)
        };
        let mut models: Vec<String> = Vec::new();
        for model in calls.iter().flat_map(|call| &call.model.candidates) {
            if !models.contains(&model.to_string()) {
                models.push(model.to_string());
            }
        }
        let mut holes: Vec<String> = Vec::new();
        for hole in estimates.iter().filter_map(|estimate| estimate.input.as_ref()).flat_map(|input| &input.holes) {
            if !holes.contains(hole) {
                holes.push(hole.clone());
            }
        }
        let fixed = estimates.iter().filter_map(|estimate| estimate.input.as_ref()).map(|input| input.fixed);
        let fixed: lensai_tokens::Count = fixed.sum();
        let mut notes = Vec::new();
        if is_cut(&wrapper.steps) {
            notes.push("some of it is further away than calls are followed: that is in no sum".to_owned());
        } else if sum.is_open {
            notes.push("some of it is done an unknown number of times: what is known is counted once".to_owned());
        }
        if sum.unpriced > 0 {
            notes.push(format!("{} of {} requests have no known price", sum.unpriced, sum.requests));
        }
        // What was not followed as far as to a request is not nothing.
        let is_known = sum.requests > 0;
        CallReport {
            path: wrapper.at.path.clone(),
            cell: wrapper.at.cell,
            language: wrapper.language.name().to_owned(),
            range: Range { start: position(wrapper.at.start), end: position(wrapper.end) },
            kind: Kind::Wrapper,
            reaches: reaches(&wrapper.reaches),
            sdk: dearest.map(|call| call.sdk.to_string()).unwrap_or_default(),
            operation: dearest.map(|call| call.operation.as_str().to_owned()).unwrap_or_default(),
            provider: one(&|call| call.provider.as_ref().map(ToString::to_string)),
            model: one(&|call| call.model.name.as_ref().map(ToString::to_string)),
            models,
            model_origin: one(&|call| Some(call.model.origin.as_str().to_owned()))
                .unwrap_or_else(|| "unknown".to_owned()),
            function: wrapper.function.clone(),
            route: only(&wrapper.routes),
            routes: wrapper.routes.clone(),
            in_loop: wrapper.in_loop,
            input_tokens: is_known.then(|| InputTokens {
                total: tokens(sum.input),
                fixed: StaticTokens { tokens: fixed.expected, method: fixed.method },
                holes,
            }),
            output_tokens: is_known.then(|| tokens(sum.output)),
            max_output_tokens: one(&|call| call.max_output.map(|limit| limit.to_string()))
                .and_then(|limit| limit.parse().ok()),
            turns: None,
            cost_usd: cost(&sum),
            price: None,
            prompts: Vec::new(),
            notes,
            ending: None,
            unpriced: None,
        }
    }

    /// A route, with what it costs in a month when somebody says how often it is called.
    pub(super) fn route(&self, entry: &LocatedEntry, traffic: &BTreeMap<String, Rate>) -> RouteReport {
        let sum = self.0.sum(&entry.steps);
        let rate = traffic.get(&entry.name).or_else(|| traffic.get(&entry.handler));
        let per_month = rate.and_then(|rate| rate.per_month()).and_then(|times| {
            let month = sum.times(times);
            Some(PerMonth { times: times.to_string(), cost_usd: cost(&month)? })
        });
        RouteReport {
            name: entry.name.clone(),
            kind: entry.kind.as_str().to_owned(),
            framework: entry.framework.clone(),
            path: entry.at.path.clone(),
            cell: entry.at.cell,
            line: entry.at.start.line,
            handler: entry.handler.clone(),
            reaches: reaches(&entry.reaches),
            unpriced: entry.reaches.len().min(sum.unpriced),
            is_open: sum.is_open,
            cost_usd: cost(&sum),
            per_month,
        }
    }
}

/// The only one.
pub(super) fn only(routes: &[String]) -> Option<String> {
    match routes {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn reaches(reached: &[ReachedCall]) -> Vec<Reach> {
    let reached = reached.iter();
    reached.map(|call| Reach { path: call.at.path.clone(), line: call.at.start.line, times: call.times }).collect()
}

/// What is known of a cost; none when nothing of it is priced, or nothing was followed as far as to a request.
pub(super) fn cost(sum: &Sum) -> Option<CostUsd> {
    let is_unknown = sum.expected == Money::ZERO && (sum.unpriced > 0 || sum.is_open && sum.requests == 0);
    (!is_unknown).then_some(CostUsd { low: sum.low, expected: Some(sum.expected), high: sum.high })
}
