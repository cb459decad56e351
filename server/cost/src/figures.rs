//! Numbers as people read them.

use lensai_models::Money;
use rust_decimal::{Decimal, RoundingStrategy};

/// A number of tokens: `241`, `1.2k`, `12k`, `1.5M`.
pub fn short_count(count: u64) -> String {
    /// A tenth of a thousand and its sign, largest first.
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")];
    for (size, sign) in UNITS {
        // 999,950 is 1.0M, not 1000k.
        if count >= size - size / 2_000 {
            let tenths = count.saturating_add(size / 20) / (size / 10);
            return if tenths < 100 && !tenths.is_multiple_of(10) {
                format!("{}.{}{sign}", tenths / 10, tenths % 10)
            } else {
                format!("{}{sign}", count.saturating_add(size / 2) / size)
            };
        }
    }
    count.to_string()
}

/// A number with separators: `16,384`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// An amount that rests on assumptions, with the two digits that can count: `$0.0036`, `$1.40`, `$14`, `$1,400`.
pub fn about(money: Money) -> String {
    let usd = money.usd();
    if usd.abs() < Decimal::TEN {
        // Money's own rounding has two digits below a dollar; above, a third would be invented.
        let tenths = usd.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero);
        return Money::from_usd(if usd.abs() < Decimal::ONE { usd } else { tenths }).rounded();
    }
    let whole = usd.round_sf_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).unwrap_or(usd);
    let text = Money::from_usd(whole).rounded();
    text.strip_suffix(".00").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn counts_are_short() {
        let table = [
            (0, "0"),
            (999, "999"),
            (1_000, "1k"),
            (1_234, "1.2k"),
            (9_949, "9.9k"),
            (9_960, "10k"),
            (12_345, "12k"),
            (999_499, "999k"),
            (999_960, "1M"),
            (1_500_000, "1.5M"),
            (20_000_000_000, "20G"),
        ];
        for (count, short) in table {
            assert_eq!(short_count(count), short, "{count}");
        }
    }

    #[test]
    fn long_counts_have_separators() {
        for (count, long) in [(0, "0"), (999, "999"), (1_000, "1,000"), (128_000, "128,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(count), long);
        }
    }

    #[test]
    fn what_is_assumed_has_two_digits() {
        let table = [
            ("0", "$0"),
            ("0.0036025", "$0.0036"),
            ("0.5", "$0.50"),
            ("1.44", "$1.40"),
            ("9.96", "$10.00"),
            ("14.41", "$14"),
            ("144.1", "$140"),
            ("1441", "$1,400"),
            ("98765.4", "$99,000"),
        ];
        for (exact, shown) in table {
            let money = Money::from_usd(Decimal::from_str_exact(exact).unwrap());
            assert_eq!(about(money), shown, "{exact}");
        }
    }
}
