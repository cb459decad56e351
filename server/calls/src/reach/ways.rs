//! The requests among steps, with how often each is sent.

use super::steps::{Request, Step};

/// A request that is led to.
#[derive(Debug, Clone, Copy)]
pub struct Reached<'s> {
    /// The request.
    pub request: &'s Request,
    /// How often it is sent, when that is known; of alternatives as if each were chosen.
    pub times: Option<u64>,
}

/// All requests among steps, in order; one that is led to on several ways as often.
pub fn requests(steps: &[Step]) -> Vec<Reached<'_>> {
    let mut found = Vec::new();
    let mut open: Vec<(&Step, Option<u64>)> = steps.iter().rev().map(|step| (step, Some(1))).collect();
    while let Some((step, times)) = open.pop() {
        match step {
            Step::Request(request) => found.push(Reached { request, times }),
            Step::Function(entered) => open.extend(entered.steps.iter().rev().map(|step| (step, times))),
            Step::Repeated { turns, steps } => {
                let times = times.zip(turns.expected).map(|(times, turns)| times.saturating_mul(turns));
                open.extend(steps.iter().rev().map(|step| (step, times)));
            }
            Step::Alternatives(arms) => open.extend(arms.iter().flatten().rev().map(|step| (step, times))),
            Step::Handler(steps) => open.extend(steps.iter().rev().map(|step| (step, times))),
            Step::Cut(_) => {}
        }
    }
    found
}
