//! A calendar day, as prices and retirements need it: no clock, no zone (all days are UTC).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day of the Gregorian calendar, from year 1 to 9999; written and read as `2026-11-21`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The text is not a day written as `2026-11-21`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date written as 2026-11-21")]
pub struct InvalidDate(String);

impl Date {
    /// The day, or `None` when the calendar has no such day.
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        if year == 0 || year > 9999 || day == 0 || day > days_in(year, month) {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// The day of a moment, in whole seconds since 1970-01-01 UTC; the last day of year 9999 for anything later.
    pub fn from_unix_seconds(seconds: u64) -> Self {
        const LAST: Date = Date { year: 9999, month: 12, day: 31 };
        let mut rest = seconds / 86_400;
        let mut year: u16 = 1970;
        loop {
            if year > 9999 {
                return LAST;
            }
            let length = if is_leap(year) { 366 } else { 365 };
            if rest < length {
                break;
            }
            rest -= length;
            year += 1;
        }
        let mut month: u8 = 1;
        while rest >= u64::from(days_in(year, month)) {
            rest -= u64::from(days_in(year, month));
            month += 1;
        }
        Self::new(year, month, u8::try_from(rest + 1).unwrap_or(1)).unwrap_or(LAST)
    }

    /// Whole days from this day to another; negative when the other is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        other.ordinal() - self.ordinal()
    }

    /// Days since the first day of year 1.
    fn ordinal(self) -> i64 {
        let before = i64::from(self.year) - 1;
        let years = before * 365 + before / 4 - before / 100 + before / 400;
        let months: i64 = (1..self.month).map(|month| i64::from(days_in(self.year, month))).sum();
        years + months + i64::from(self.day) - 1
    }
}

const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// Zero for a month that there is not.
const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        parse(text).ok_or_else(|| InvalidDate(text.chars().take(40).collect()))
    }
}

fn parse(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = |part: &str, len: usize| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !plain(year, 4) || !plain(month, 2) || !plain(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn only_days_that_exist_are_read() {
        assert_eq!(date("2026-11-21").to_string(), "2026-11-21");
        assert_eq!(date("2024-02-29"), Date::new(2024, 2, 29).unwrap());
        for bad in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "26-01-01",
            "2026-01-01-01",
            "",
            "+026-01-01",
            "1900-02-29",
        ] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
    }

    #[test]
    fn moments_have_their_day() {
        assert_eq!(Date::from_unix_seconds(0), date("1970-01-01"));
        assert_eq!(Date::from_unix_seconds(1_709_251_199), date("2024-02-29"));
        assert_eq!(Date::from_unix_seconds(1_795_219_200), date("2026-11-21"));
        assert_eq!(Date::from_unix_seconds(u64::MAX), date("9999-12-31"));
    }

    #[test]
    fn days_are_counted_over_leap_years() {
        assert_eq!(date("2023-12-31").days_until(date("2024-12-31")), 366);
        assert_eq!(date("2026-11-21").days_until(date("2026-11-01")), -20);
        assert!(date("2026-11-21") > date("2026-09-30"));
    }
}
