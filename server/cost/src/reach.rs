//! What all that a function leads to takes and costs together.

use std::ops::Add;
use std::sync::Arc;

use lensai_calls::reach::{Request, Step, Turns};
use lensai_models::Money;
use lensai_tokens::Count;
use rust_decimal::Decimal;

use crate::estimate::Estimate;

/// A sum over the requests that something leads to, each as often as it is sent.
///
/// * Steps in order are added.
/// * **Of alternatives** the least is the lower bound, the greatest the upper; the dearest is expected, so that nobody is surprised.
/// * **A loop** multiplies. When nothing says how often it turns, one turn is expected, none is the lower bound, there is no upper one,
///   and the sum is [`Sum::is_open`]: it is what is known, and there is more.
/// * **What is not followed**, because a function calls itself or for its depth, is none of what is known, and the sum is open.
/// * **What handles a fault** is not expected: it only raises the upper bound.
/// * **A request without an expected cost** is counted in [`Sum::unpriced`], and there is no upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// US dollars, not less.
    pub low: Money,
    /// US dollars, most likely, of all that is priced.
    pub expected: Money,
    /// US dollars, not more, when there is such a bound.
    pub high: Option<Money>,
    /// Tokens sent.
    pub input: Count,
    /// Tokens answered.
    pub output: Count,
    /// How many requests in the code are led to, on all ways.
    pub requests: usize,
    /// How many of these have no expected cost.
    pub unpriced: usize,
    /// Some of it is done an unknown number of times.
    pub is_open: bool,
}

impl Sum {
    /// Of nothing.
    pub const NOTHING: Self = Self {
        low: Money::ZERO,
        expected: Money::ZERO,
        high: Some(Money::ZERO),
        input: Count::ZERO,
        output: Count::ZERO,
        requests: 0,
        unpriced: 0,
        is_open: false,
    };

    /// Over steps. `estimate` is asked for each request on each way to it.
    pub fn over(steps: &[Step], estimate: &mut dyn FnMut(&Request) -> Arc<Estimate>) -> Self {
        steps.iter().map(|step| Self::of(step, estimate)).fold(Self::NOTHING, Add::add)
    }

    /// Of one step. Steps are bounded in depth, so this may recurse.
    fn of(step: &Step, estimate: &mut dyn FnMut(&Request) -> Arc<Estimate>) -> Self {
        match step {
            Step::Request(request) => Self::of_estimate(&estimate(request)),
            Step::Function(entered) => Self::over(&entered.steps, estimate),
            Step::Repeated { turns, steps } => Self::over(steps, estimate).repeated(*turns),
            Step::Alternatives(arms) => {
                let arms = arms.iter().map(|steps| Self::over(steps, estimate));
                arms.reduce(Self::or).unwrap_or(Self::NOTHING)
            }
            Step::Handler(steps) => Self::over(steps, estimate).perhaps(),
            Step::Cut(_) => {
                let unknown = Count::new(0, 0, None, Count::ZERO.method);
                Self { high: None, input: unknown, output: unknown, is_open: true, ..Self::NOTHING }
            }
        }
    }

    /// Of one request.
    pub fn of_estimate(estimate: &Estimate) -> Self {
        let cost = estimate.cost;
        let expected = cost.and_then(|cost| cost.expected);
        Self {
            // A bound of what is in no sum would contradict the sum.
            low: cost.filter(|_| expected.is_some()).map_or(Money::ZERO, |cost| cost.low),
            expected: expected.unwrap_or(Money::ZERO),
            high: cost.filter(|_| expected.is_some()).and_then(|cost| cost.high),
            input: estimate.input.as_ref().map_or(Count::ZERO, |input| input.total),
            output: estimate.output.unwrap_or(Count::ZERO),
            requests: 1,
            unpriced: usize::from(expected.is_none()),
            is_open: false,
        }
    }

    /// The sum `n` times, as often as something is done in a month.
    pub fn times(self, n: Decimal) -> Self {
        Self {
            low: self.low.times(n),
            expected: self.expected.times(n),
            high: self.high.map(|high| high.times(n)),
            ..self
        }
    }

    fn repeated(self, turns: Turns) -> Self {
        let expected = turns.expected.unwrap_or(1);
        let count = |count: Count| {
            let times = |number: u64, turns: u64| number.saturating_mul(turns);
            let high =
                if count.high == Some(0) { Some(0) } else { count.high.zip(turns.high).map(|(a, b)| times(a, b)) };
            Count::new(times(count.low, turns.low), times(count.expected, expected), high, count.method)
        };
        let high = match self.high {
            Some(high) if high.is_zero() => Some(high),
            high => high.zip(turns.high).map(|(high, turns)| high.times(turns.into())),
        };
        Self {
            low: self.low.times(turns.low.into()),
            expected: self.expected.times(expected.into()),
            high,
            input: count(self.input),
            output: count(self.output),
            is_open: self.is_open || turns.expected.is_none(),
            ..self
        }
    }

    /// Done perhaps, but not expected.
    fn perhaps(self) -> Self {
        let none = |count: Count| Count::new(0, 0, count.high, count.method);
        Self {
            low: Money::ZERO,
            expected: Money::ZERO,
            input: none(self.input),
            output: none(self.output),
            is_open: false,
            ..self
        }
    }

    fn or(self, other: Self) -> Self {
        let dearer = if other.expected > self.expected { other } else { self };
        let either = |a: Count, b: Count, expected: Count| {
            let high = a.high.zip(b.high).map(|(a, b)| a.max(b));
            Count::new(a.low.min(b.low), expected.expected, high, a.method.weakest(b.method))
        };
        Self {
            low: self.low.min(other.low),
            expected: dearer.expected,
            high: self.high.zip(other.high).map(|(one, other)| one.max(other)),
            input: either(self.input, other.input, dearer.input),
            output: either(self.output, other.output, dearer.output),
            requests: self.requests + other.requests,
            unpriced: self.unpriced + other.unpriced,
            is_open: self.is_open || other.is_open,
        }
    }
}

impl Add for Sum {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            expected: self.expected + other.expected,
            high: self.high.zip(other.high).map(|(one, other)| one + other),
            input: self.input + other.input,
            output: self.output + other.output,
            requests: self.requests + other.requests,
            unpriced: self.unpriced + other.unpriced,
            is_open: self.is_open || other.is_open,
        }
    }
}
