//! A number of tokens with its bounds and the method that it rests on.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

/// How a number was reached, strongest first: the method of a sum is the greatest of its parts'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Counted with the vocabulary that the vendor publishes for this model and that recorded calls confirm.
    Exact,
    /// Counted with the vendor's vocabulary for the family; a constant of a few tokens may be missing.
    VendorVocabulary,
    /// Counted with a vocabulary rebuilt from the vendor's answers.
    Reconstructed,
    /// Another vocabulary's count times a measured ratio, with measured bounds.
    Ratio,
    /// Taken from recorded calls.
    Observed,
    /// A guess that nothing measured supports.
    Assumed,
}

impl Method {
    /// The name used in JSON and in views: `exact`, `vendor-vocabulary`, `reconstructed`, `ratio`, `observed`, `assumed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::VendorVocabulary => "vendor-vocabulary",
            Self::Reconstructed => "reconstructed",
            Self::Ratio => "ratio",
            Self::Observed => "observed",
            Self::Assumed => "assumed",
        }
    }

    /// The weaker of two methods.
    pub fn weakest(self, other: Self) -> Self {
        self.max(other)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A number of tokens: `low` ≤ `expected` ≤ `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Count {
    /// Tokens, not fewer than this (at the 95 % level where the method is a ratio).
    pub low: u64,
    /// Tokens, most likely.
    pub expected: u64,
    /// Tokens, not more than this; `None` when no upper bound is known.
    pub high: Option<u64>,
    /// What the numbers rest on.
    pub method: Method,
}

impl Count {
    /// No tokens, exactly: the neutral element of addition.
    pub const ZERO: Self = Self::exact(0);

    /// A number known exactly.
    pub const fn exact(tokens: u64) -> Self {
        Self { low: tokens, expected: tokens, high: Some(tokens), method: Method::Exact }
    }

    /// A number with its bounds, which are moved where they would contradict `expected`.
    pub fn new(low: u64, expected: u64, high: Option<u64>, method: Method) -> Self {
        Self { low: low.min(expected), expected, high: high.map(|high| high.max(expected)), method }
    }

    /// The same text sent `n` times. Zero times is [`Count::ZERO`].
    pub fn times(self, n: u64) -> Self {
        if n == 0 {
            return Self::ZERO;
        }
        Self {
            low: self.low.saturating_mul(n),
            expected: self.expected.saturating_mul(n),
            high: self.high.map(|high| high.saturating_mul(n)),
            method: self.method,
        }
    }

    /// True when low, expected and high are one number.
    pub fn is_precise(self) -> bool {
        self.low == self.expected && self.high == Some(self.expected)
    }
}

impl Default for Count {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            low: self.low.saturating_add(other.low),
            expected: self.expected.saturating_add(other.expected),
            high: self.high.zip(other.high).map(|(a, b)| a.saturating_add(b)),
            method: self.method.weakest(other.method),
        }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_has_the_weakest_method_and_loses_its_bound_with_a_part_that_has_none() {
        let exact = Count::exact(10);
        let ratio = Count::new(8, 10, Some(12), Method::Ratio);
        let open = Count::new(0, 200, None, Method::Assumed);
        assert_eq!(exact + ratio, Count::new(18, 20, Some(22), Method::Ratio));
        assert_eq!([exact, ratio, open].into_iter().sum::<Count>(), Count::new(18, 220, None, Method::Assumed));
        assert_eq!(Vec::<Count>::new().into_iter().sum::<Count>(), Count::ZERO);
    }

    #[test]
    fn methods_are_ordered_strongest_first_and_named_alike_everywhere() {
        let all = [
            Method::Exact,
            Method::VendorVocabulary,
            Method::Reconstructed,
            Method::Ratio,
            Method::Observed,
            Method::Assumed,
        ];
        assert!(all.is_sorted());
        assert_eq!(Method::Ratio.weakest(Method::Exact), Method::Ratio);
        for method in all {
            // serde's name and `as_str` must never part: JSON shows the one, tables the other.
            let shown = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(method.as_str());
            assert_eq!(Method::deserialize(shown), Ok(method));
        }
    }

    #[test]
    fn arithmetic_saturates_and_bounds_are_kept_in_order() {
        let huge = Count::exact(u64::MAX);
        assert_eq!((huge + huge).expected, u64::MAX);
        assert_eq!(huge.times(3).high, Some(u64::MAX));
        assert_eq!(huge.times(0), Count::ZERO);
        assert_eq!(Count::new(5, 3, Some(1), Method::Ratio), Count::new(3, 3, Some(3), Method::Ratio));
        assert!(Count::exact(3).is_precise());
        assert!(!Count::new(0, 3, None, Method::Assumed).is_precise());
    }
}
