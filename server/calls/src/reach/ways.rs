//! The requests among steps, with how often each is sent.

use super::steps::{Cut, Request, Step};

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
        if let Step::Request(request) = step {
            found.push(Reached { request, times });
        }
        let times = match step {
            Step::Repeated { turns, .. } => times.zip(turns.expected).map(|(times, turns)| times.saturating_mul(turns)),
            _ => times,
        };
        open.extend(step.inner().rev().map(|step| (step, times)));
    }
    found
}

/// Whether there is more than was followed.
pub fn is_cut(steps: &[Step]) -> bool {
    let mut open: Vec<&Step> = steps.iter().collect();
    while let Some(step) = open.pop() {
        if matches!(step, Step::Cut(Cut::TooMuch)) {
            return true;
        }
        open.extend(step.inner());
    }
    false
}
