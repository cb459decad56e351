//! Amounts of money: exact inside, rounded only for people.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of US dollars, exact to the last decimal place that a price has.
///
/// Shown and serialised without exponent and without trailing zeros: ten tokens at $0.02 a million are `0.0000002`.
/// Arithmetic never panics: what no longer fits 96 bits stays at the greatest amount that does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(Decimal);

impl Money {
    /// Nothing to pay.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// An amount in dollars.
    pub const fn from_usd(usd: Decimal) -> Self {
        Self(usd)
    }

    /// The amount in dollars, without trailing zeros.
    pub fn usd(self) -> Decimal {
        self.0.normalize()
    }

    /// What `tokens` cost at a rate in dollars per million.
    pub fn of_tokens(tokens: u64, usd_per_million: Decimal) -> Self {
        Self::of_units(tokens, usd_per_million, 6)
    }

    /// What `units` cost at a rate in dollars per 10^`power` of them.
    pub(crate) fn of_units(units: u64, rate: Decimal, power: u32) -> Self {
        // Moving the point is exact, dividing need not be.
        let each = Decimal::try_new(1, power).unwrap_or(Decimal::ZERO);
        Self(rate.normalize().saturating_mul(Decimal::from(units)).saturating_mul(each))
    }

    /// The amount `n` times.
    pub fn times(self, n: Decimal) -> Self {
        Self(self.0.saturating_mul(n))
    }

    /// True for nothing to pay.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The amount for people: `$0`, `<$0.0001`, `$0.0042`, `$0.012`, `$0.50`, `$1.27`, `$12,345.60`; `-$0.0042` for a saving.
    ///
    /// From a dollar on it is cents; below, two digits that count, within two to four decimal places.
    pub fn rounded(self) -> String {
        let sign = if self.0.is_sign_negative() && !self.0.is_zero() { "-" } else { "" };
        let amount = self.0.abs();
        let places = places(amount);
        let shown = amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        if amount.is_zero() {
            return "$0".to_owned();
        }
        if shown.is_zero() {
            return format!("{sign}<$0.0001");
        }
        let places = usize::try_from(if shown >= Decimal::ONE { 2 } else { places }).unwrap_or(2);
        let text = format!("{shown:.places$}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, "00"));
        // Cents always have both digits; below them a last zero says nothing.
        let (cents, finer) = fraction.split_at_checked(2).unwrap_or((fraction, ""));
        let finer = finer.trim_end_matches('0');
        format!("{sign}${}.{cents}{finer}", grouped(whole))
    }
}

/// Decimal places for people: two from ten cents on, then one more for each zero, at most four.
fn places(amount: Decimal) -> u32 {
    if amount >= Decimal::new(1, 1) {
        2
    } else if amount >= Decimal::new(1, 2) {
        3
    } else {
        4
    }
}

fn grouped(whole: &str) -> String {
    let mut out = String::with_capacity(whole.len() + whole.len() / 3);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A rate with at least two decimal places: `2.50`, `10.00`, `0.075`.
pub(crate) fn rate_text(rate: Decimal) -> String {
    let rate = rate.normalize();
    if rate.scale() < 2 { format!("{rate:.2}") } else { rate.to_string() }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.usd(), f)
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Decimal::from_str_exact(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn usd(text: &str) -> Money {
        Money(Decimal::from_str_exact(text).unwrap())
    }

    #[test]
    fn amounts_are_exact_and_shown_without_exponent() {
        assert_eq!(Money::of_tokens(10, Decimal::new(2, 2)).to_string(), "0.0000002");
        assert_eq!((usd("0.10") + usd("0.20")).to_string(), "0.3");
        assert_eq!(Money::of_tokens(1_000_000, Decimal::new(250, 2)).to_string(), "2.5");
        assert_eq!(Money::ZERO.to_string(), "0");
        assert_eq!((usd("0.1") - usd("0.3")).to_string(), "-0.2");
        assert_eq!(serde_json::to_string(&usd("0.00360250")).unwrap(), "\"0.0036025\"");
        assert_eq!(serde_json::from_str::<Money>("\"0.0036025\"").unwrap(), usd("0.0036025"));
    }

    #[test]
    fn overflow_saturates() {
        let most = Money::of_tokens(u64::MAX, Decimal::MAX);
        assert!(most > usd("1000000"));
        assert!(most + most >= most);
        assert!([most, most, most].into_iter().sum::<Money>() >= most);
    }

    #[test]
    fn people_see_rounded_amounts() {
        let table = [
            ("0", "$0"),
            ("0.0000002", "<$0.0001"),
            ("0.00004", "<$0.0001"),
            ("0.00012", "$0.0001"),
            ("0.0036025", "$0.0036"),
            ("0.0042", "$0.0042"),
            ("0.01234", "$0.012"),
            ("0.05", "$0.05"),
            ("0.0040", "$0.004"),
            ("0.5", "$0.50"),
            ("0.999", "$1.00"),
            ("1.27", "$1.27"),
            ("1.275", "$1.28"),
            ("999.999", "$1,000.00"),
            ("1234567.891", "$1,234,567.89"),
            ("-0.0042", "-$0.0042"),
            ("-0.00000001", "-<$0.0001"),
        ];
        for (exact, shown) in table {
            assert_eq!(usd(exact).rounded(), shown, "{exact}");
        }
    }

    #[test]
    fn rates_have_two_places_at_least() {
        let shown = |text: &str| rate_text(Decimal::from_str_exact(text).unwrap());
        assert_eq!([shown("2.5"), shown("10"), shown("0.075"), shown("0.0750")], ["2.50", "10.00", "0.075", "0.075"]);
    }
}
