//! The catalogue as it is written: one JSON document, one model a line. Rates are decimal strings in US dollars.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::date::Date;
use crate::rule::Rule;

/// The version of this schema that this program writes and reads.
pub const SCHEMA: u32 = 1;

/// A whole catalogue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct File {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The last day whose prices are known to be in here.
    pub as_of: Date,
    /// Always `USD`.
    pub currency: String,
    /// Where the figures come from.
    pub source: Vec<Source>,
    /// The providers, each with the models that it bills.
    pub providers: Vec<Provider>,
}

/// A data set that figures were taken from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its licence, as an SPDX expression.
    pub license: String,
}

/// Someone who is paid for calls.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Provider {
    /// The catalogue's own name: `openai`, `aws`, `x-ai`. See [`Provider::name`] for that of `OpenTelemetry`.
    pub id: String,
    /// Providers whose models this one sells at their price, where it does not list them itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallback: Vec<String>,
    /// The models.
    pub models: Vec<Model>,
}

/// A model as one provider sells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    /// Its name, unique within the provider.
    pub id: String,
    /// The written names that mean it.
    #[serde(rename = "match")]
    pub rules: Vec<Rule>,
    /// The context window in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    /// The most output tokens of one call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output: Option<u64>,
    /// The provider advises against it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// The day on which each written name stops to work.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub retires: BTreeMap<String, Date>,
    /// The rows of its price list; a later row that holds takes the place of an earlier one.
    pub prices: Vec<Row>,
}

/// A row of a price list. A row for another service than the standard one changes only the rates that it names.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Row {
    /// The first day on which it holds; always when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// What else must be so for it to hold.
    #[serde(default, skip_serializing_if = "Conditions::is_none")]
    pub when: Conditions,
    /// The rates.
    pub rate: Rates,
    /// Rates that take the place of those above for the whole call when its input is long.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
}

/// What a row of a price list depends on, beside the day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// The service that the call asks for.
    #[serde(default, skip_serializing_if = "Service::is_standard")]
    pub service: Service,
    /// A window of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc: Option<Window>,
    /// The route that a gateway takes, such as `mistral/eu`. Kept, but no call is priced by it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The kind of search that a call asks for. Kept, but no call is priced by it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

impl Conditions {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// The service that a call asks for; most vendors sell the same model at several prices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// What a call gets that asks for nothing.
    #[default]
    Standard,
    /// Answered within a day.
    Batch,
    /// Slower and cheaper.
    Flex,
    /// Faster and dearer.
    Priority,
    /// The fastest.
    Fast,
}

impl Service {
    /// The name in JSON: `standard`, `batch`, `flex`, `priority`, `fast`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Batch => "batch",
            Self::Flex => "flex",
            Self::Priority => "priority",
            Self::Fast => "fast",
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
    fn is_standard(&self) -> bool {
        *self == Self::Standard
    }
}

/// A window of each day in minutes after midnight UTC, from the first up to but without the second; one that ends before it
/// begins goes past midnight. Written `["16:30", "00:30"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first minute.
    pub from: u16,
    /// The minute after the last.
    pub to: u16,
}

impl Window {
    /// Minutes of a day.
    pub(crate) const DAY: u16 = 24 * 60;

    pub(crate) fn holds(self, minute: u16) -> bool {
        if self.to < self.from {
            minute >= self.from || minute < self.to
        } else {
            (self.from..self.to).contains(&minute)
        }
    }

    pub(crate) fn minutes(self) -> u16 {
        if self.to < self.from { Self::DAY - self.from + self.to } else { self.to - self.from }
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        [clock(self.from), clock(self.to)].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [from, to] = <[Cow<'de, str>; 2]>::deserialize(deserializer)?;
        let minute = |clock: &str| {
            let (hours, minutes) = clock.split_once(':')?;
            let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
            (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
        };
        minute(&from)
            .zip(minute(&to))
            .map(|(from, to)| Self { from, to })
            .ok_or_else(|| serde::de::Error::custom(format!("`{from}` to `{to}` is not a window of the day")))
    }
}

/// Rates for a call whose input has more tokens than `above`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tier {
    /// Input tokens, cached ones included; the tier holds for more than these.
    pub above: u64,
    /// The rates that change.
    pub rate: Rates,
}

macro_rules! units {
    ($($(#[$doc:meta])* $unit:ident = $wire:literal, $long:literal, $power:literal;)*) => {
        /// What a rate is paid for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Unit { $($(#[$doc])* $unit,)* }

        impl Unit {
            /// Its name in the catalogue: `in`, `out`, `cache_read`, …
            pub const fn wire(self) -> &'static str {
                match self { $(Self::$unit => $wire,)* }
            }

            /// Its name in the results of commands: `input_per_mtok`, `output_per_mtok`, …
            pub const fn name(self) -> &'static str {
                match self { $(Self::$unit => $long,)* }
            }

            /// The rate is for ten to the power of this many units: 6 for tokens.
            pub const fn power(self) -> u32 {
                match self { $(Self::$unit => $power,)* }
            }

            fn from_wire(name: &str) -> Option<Self> {
                match name { $($wire => Some(Self::$unit),)* _ => None }
            }
        }
    };
}

units! {
    /// Input tokens.
    In = "in", "input_per_mtok", 6;
    /// Output tokens.
    Out = "out", "output_per_mtok", 6;
    /// Input tokens read from a cache.
    CacheRead = "cache_read", "cache_read_per_mtok", 6;
    /// Input tokens written to a cache, for five minutes where the vendor has several times.
    CacheWrite = "cache_write", "cache_write_per_mtok", 6;
    /// Input tokens written to a cache for an hour.
    CacheWrite1h = "cache_write_1h", "cache_write_1h_per_mtok", 6;
    /// Output tokens that reason.
    Reasoning = "reasoning", "reasoning_per_mtok", 6;
    /// Output tokens that cite.
    Citation = "citation", "citation_per_mtok", 6;
    /// Input tokens of audio.
    AudioIn = "audio_in", "audio_input_per_mtok", 6;
    /// Input tokens of audio, read from a cache.
    AudioCacheRead = "audio_cache_read", "audio_cache_read_per_mtok", 6;
    /// Output tokens of audio.
    AudioOut = "audio_out", "audio_output_per_mtok", 6;
    /// Input tokens of images.
    ImageIn = "image_in", "image_input_per_mtok", 6;
    /// Input tokens of images, read from a cache.
    ImageCacheRead = "image_cache_read", "image_cache_read_per_mtok", 6;
    /// Output tokens of images.
    ImageOut = "image_out", "image_output_per_mtok", 6;
    /// Input tokens of video.
    VideoIn = "video_in", "video_input_per_mtok", 6;
    /// Output tokens of video.
    VideoOut = "video_out", "video_output_per_mtok", 6;
    /// Characters of input.
    Chars = "chars", "chars_per_million", 6;
    /// Requests.
    Requests = "requests", "requests_per_thousand", 3;
    /// Searches of the web.
    WebSearches = "web_searches", "web_searches_per_thousand", 3;
    /// Searches of stored files.
    FileSearches = "file_searches", "file_searches_per_thousand", 3;
    /// Messages of text.
    Messages = "messages", "messages_per_thousand", 3;
    /// Pages of documents.
    Pages = "pages", "pages_per_thousand", 3;
    /// Pages of documents with annotations.
    AnnotatedPages = "annotated_pages", "annotated_pages_per_thousand", 3;
    /// Hours of audio.
    AudioHours = "audio_hours", "audio_per_hour", 0;
    /// Hours of audio put in.
    AudioHoursIn = "audio_hours_in", "audio_input_per_hour", 0;
}

/// Rates by what they are paid for, in US dollars; in the order of [`Unit`]. A rate that is not there is not known: it is not 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rates(Vec<(Unit, Decimal)>);

impl Rates {
    /// The rate for a unit.
    pub fn get(&self, unit: Unit) -> Option<Decimal> {
        self.0.iter().find(|(each, _)| *each == unit).map(|(_, rate)| *rate)
    }

    /// Puts a rate in, in place of the one that was there.
    pub fn set(&mut self, unit: Unit, rate: Decimal) {
        match self.0.binary_search_by_key(&unit, |(each, _)| *each) {
            Ok(at) => {
                if let Some(entry) = self.0.get_mut(at) {
                    entry.1 = rate;
                }
            }
            Err(at) => self.0.insert(at, (unit, rate)),
        }
    }

    /// Takes a rate out.
    pub fn remove(&mut self, unit: Unit) {
        self.0.retain(|(each, _)| *each != unit);
    }

    /// All rates, in the order of [`Unit`].
    pub fn iter(&self) -> impl Iterator<Item = (Unit, Decimal)> + '_ {
        self.0.iter().copied()
    }

    /// True when there is no rate at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Rates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (unit, rate) in &self.0 {
            map.serialize_entry(unit.wire(), &rate.normalize().to_string())?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Rates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RatesVisitor;

        impl<'de> Visitor<'de> for RatesVisitor {
            type Value = Rates;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("rates as decimal strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rates, A::Error> {
                use serde::de::Error;
                let mut rates = Rates::default();
                while let Some((name, text)) = map.next_entry::<Cow<'de, str>, Cow<'de, str>>()? {
                    let unit =
                        Unit::from_wire(&name).ok_or_else(|| A::Error::custom(format!("unknown unit `{name}`")))?;
                    let rate = Decimal::from_str_exact(&text)
                        .map_err(|_| A::Error::custom(format!("`{text}` is not a decimal number")))?;
                    if rate.is_sign_negative() {
                        return Err(A::Error::custom(format!("the rate `{text}` is negative")));
                    }
                    rates.set(unit, rate);
                }
                Ok(rates)
            }
        }

        deserializer.deserialize_map(RatesVisitor)
    }
}
