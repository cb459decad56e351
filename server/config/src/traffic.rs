//! How often something happens: `40k/month`.

use std::borrow::Cow;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// A number of times in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Rate {
    /// How many times.
    pub times: Decimal,
    /// In which period.
    pub per: Period,
}

/// A period of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// A twelfth of a year of 365 days: 730 hours.
    Month,
    /// 365 days.
    Year,
}

impl Period {
    /// How many of it a month has, as a fraction: hours of a month over hours of the period.
    const fn in_a_month(self) -> (u32, u32) {
        match self {
            Self::Minute => (730 * 60, 1),
            Self::Hour => (730, 1),
            Self::Day => (730, 24),
            Self::Week => (730, 24 * 7),
            Self::Month => (1, 1),
            Self::Year => (1, 12),
        }
    }
}

impl Rate {
    /// How many times in a month of 730 hours. Exact where the period divides it; none when the number is too large.
    pub fn per_month(self) -> Option<Decimal> {
        let (over, under) = self.per.in_a_month();
        self.times.checked_mul(Decimal::from(over))?.checked_div(Decimal::from(under)).map(|times| times.normalize())
    }
}

impl TryFrom<String> for Rate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse(&text).ok_or_else(|| format!("`{text}` is no rate: write it as \"40k/month\" or \"12/minute\""))
    }
}

fn parse(text: &str) -> Option<Rate> {
    let (times, per) = text.split_once('/')?;
    let per = match per.trim().to_ascii_lowercase().as_str() {
        "min" | "minute" => Period::Minute,
        "h" | "hour" => Period::Hour,
        "d" | "day" => Period::Day,
        "week" => Period::Week,
        "month" => Period::Month,
        "year" => Period::Year,
        _ => return None,
    };
    let times = times.trim();
    let (digits, factor) = match times.as_bytes().last()? {
        b'k' | b'K' => (times.get(..times.len() - 1)?, 1_000),
        b'm' | b'M' => (times.get(..times.len() - 1)?, 1_000_000),
        _ => (times, 1),
    };
    // Refuses what `Decimal` would take as well: signs, exponents.
    if !digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_')) {
        return None;
    }
    let number = Decimal::from_str_exact(digits).ok()?;
    Some(Rate { times: number.checked_mul(Decimal::from(factor))?.normalize(), per })
}

impl JsonSchema for Rate {
    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "How often something happens: \"40k/month\", \"12/minute\".",
            "pattern": r"^\s*[0-9][0-9_]*(\.[0-9]+)?[kKmM]?\s*/\s*(min|minute|h|hour|d|day|week|month|year)\s*$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_put_on_a_month() {
        let month = |text: &str| parse(text).and_then(Rate::per_month).map(|times| times.to_string());
        for (text, times) in [
            ("40k/month", "40000"),
            ("1.5M/month", "1500000"),
            ("2 / hour", "1460"),
            ("12/minute", "525600"),
            ("24/day", "730"),
            ("1_200/year", "100"),
        ] {
            assert_eq!(month(text).as_deref(), Some(times), "{text}");
        }
        for wrong in ["40k", "k/month", "/month", "-3/month", "1e3/month", "3/fortnight", "", "3k k/month"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
