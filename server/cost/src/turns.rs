//! Requests that are sent one after the other, each with all that was said before: the turns of an agent, a conversation.

use lensai_calls::{Call, TurnLimit};
use lensai_models::{Money, Price, Usage};
use lensai_tokens::{Count, Method};

use crate::estimate::Assumptions;

/// Turns are added up one by one, as long contexts have rates of their own; of more than this there is no sum.
pub(crate) const MAX_TURNS: u64 = 1_000;

/// A series of requests: what the first takes, and by how much those after it take more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Series {
    /// Tokens sent with the first.
    pub(crate) first: u64,
    /// Tokens by which each sends more than the one before it.
    pub(crate) growth: u64,
    /// Tokens of each answer.
    pub(crate) output: u64,
}

impl Series {
    /// Tokens sent with all of `turns` together.
    pub(crate) fn input(self, turns: u64) -> u64 {
        let pairs = turns.saturating_mul(turns.saturating_sub(1)) / 2;
        self.first.saturating_mul(turns).saturating_add(self.growth.saturating_mul(pairs))
    }

    /// Tokens sent with one turn, the first being 1.
    pub(crate) fn input_of(self, turn: u64) -> u64 {
        self.first.saturating_add(self.growth.saturating_mul(turn.saturating_sub(1)))
    }

    /// What one turn costs.
    pub(crate) fn cost_of(self, turn: u64, price: &Price) -> Option<Money> {
        price.cost(&Usage::new(self.input_of(turn), self.output)).ok().map(|cost| cost.total())
    }

    /// What all of `turns` cost together; none when that is not known, or there are too many to add up.
    pub(crate) fn cost(self, turns: u64, price: &Price) -> Option<Money> {
        if turns > MAX_TURNS {
            return None;
        }
        (1..=turns).map(|turn| self.cost_of(turn, price)).sum()
    }
}

/// The run of an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// What it takes; none where a comment says it of the whole run.
    pub(crate) series: Option<Series>,
    /// So many turns are expected.
    pub(crate) expected: u64,
    /// There are no more, when something limits them.
    pub(crate) limit: Option<u64>,
}

impl Run {
    /// The run of a call that takes `input` and `output` for one turn; none of one request.
    pub(crate) fn of(call: &Call, input: Count, output: Option<Count>, assumptions: &Assumptions) -> Option<Self> {
        let limit = match call.turns {
            TurnLimit::One => return None,
            TurnLimit::AtMost(limit) => Some(limit),
            TurnLimit::Open => None,
        };
        let expected = limit.unwrap_or(u64::MAX).min(assumptions.agent_turns).max(1);
        let is_said = call.annotation.input.is_some() || call.annotation.output.is_some();
        let answer = output.map_or(0, |output| output.expected);
        let series = (!is_said).then_some(Series {
            first: input.expected,
            // What is answered is sent again, and with it what a tool says to it, of which nothing is known.
            growth: answer.saturating_add(assumptions.tokens_per_hole),
            output: answer,
        });
        Some(Self { series, expected, limit })
    }

    /// Tokens sent and answered in all turns: those of one are the least, and there is no upper bound to what tools say.
    pub(crate) fn counts(self, input: Count, output: Option<Count>) -> (Count, Option<Count>) {
        let Some(series) = self.series else {
            return (Count { high: None, ..input }, output.map(|output| Count { high: None, ..output }));
        };
        let method = if self.expected > 1 { Method::Assumed } else { input.method };
        let sent = Count::new(input.low, series.input(self.expected), None, method.weakest(input.method));
        let answered = output.map(|output| {
            let high = output.high.zip(self.limit).map(|(high, limit)| high.saturating_mul(limit));
            Count::new(output.low, output.expected.saturating_mul(self.expected), high, output.method)
        });
        (sent, answered)
    }

    /// What is to be said of it, as a sentence.
    pub(crate) fn note(self, at_limit: Option<Money>) -> String {
        let limit = match self.limit {
            Some(limit) => format!("up to {} turns", crate::grouped(limit)),
            None => "any number of turns".to_owned(),
        };
        if self.series.is_none() {
            return format!("{limit}: what a comment says is taken for all of them");
        }
        let assumed = match self.expected {
            1 => "1 is assumed".to_owned(),
            many => format!("{} are assumed, each with all that was said before", crate::grouped(many)),
        };
        let most = self.limit.zip(at_limit).filter(|(limit, _)| *limit > self.expected);
        let most = most.map(|(limit, cost)| format!("; {} cost {}", crate::grouped(limit), cost.rounded()));
        format!("{limit}: {assumed}{}", most.unwrap_or_default())
    }
}
