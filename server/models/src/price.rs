//! What a call costs: the rates that hold for it, and the bill.

use rust_decimal::Decimal;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::date::Date;
use crate::money::{Money, rate_text};
use crate::schema::{Model, Rates, Row, Service, Tier, Unit, Window};

/// When and how a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The day, UTC.
    pub date: Date,
    /// Minutes after midnight UTC. When absent, a price that depends on the hour is that of the greater part of the day.
    pub minute: Option<u16>,
    /// The service asked for.
    pub service: Service,
}

impl When {
    /// A standard call on a day, at no particular hour.
    pub const fn on(date: Date) -> Self {
        Self { date, minute: None, service: Service::Standard }
    }

    /// The same moment with another service.
    pub const fn with_service(self, service: Service) -> Self {
        Self { service, ..self }
    }
}

/// Why there is no price. A price that is not known is never 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPrice {
    /// No price list has a model of this name.
    #[error("the model `{model}` is not known")]
    UnknownModel {
        /// The name as written.
        model: String,
    },
    /// The provider is known and does not list the model.
    #[error("`{model}` is not in the price list of {provider}")]
    NotListed {
        /// The name as written.
        model: String,
        /// The provider's name.
        provider: String,
    },
    /// The provider is known, but the catalogue has no price list of it.
    #[error("there is no price list of {provider}")]
    NoPriceList {
        /// The provider's name.
        provider: String,
    },
    /// The model runs on one's own machines.
    #[error("{provider} runs on your own machines: what a call costs there is not known")]
    SelfHosted {
        /// The provider's name: `ollama`, `self-hosted`.
        provider: String,
    },
    /// Several providers sell the model at different prices, and the call names none of them.
    #[error("`{model}` has different prices at {}: the provider is not known", .providers.join(", "))]
    Ambiguous {
        /// The name as written.
        model: String,
        /// The providers' names.
        providers: Vec<String>,
    },
    /// The model has no rate for something that the call uses, for example because it is billed by the hour of audio.
    #[error("`{model}` has no rate for {unit}")]
    NoRate {
        /// The model's id.
        model: String,
        /// What it would be paid for: `input`, `output`.
        unit: &'static str,
    },
    /// The model is not sold with the service asked for.
    #[error("`{model}` has no {service} price")]
    NoService {
        /// The model's id.
        model: String,
        /// The service asked for.
        service: &'static str,
    },
}

impl NoPrice {
    /// The reason in one word, for JSON and tests: `unknown-model`, `not-listed`, `no-price-list`, `self-hosted`, `ambiguous`,
    /// `no-rate`, `no-service`.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::UnknownModel { .. } => "unknown-model",
            Self::NotListed { .. } => "not-listed",
            Self::NoPriceList { .. } => "no-price-list",
            Self::SelfHosted { .. } => "self-hosted",
            Self::Ambiguous { .. } => "ambiguous",
            Self::NoRate { .. } => "no-rate",
            Self::NoService { .. } => "no-service",
        }
    }
}

/// What a call uses. Cached tokens are part of `input`, reasoning tokens are part of `output`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Input tokens, cached ones included.
    pub input: u64,
    /// Output tokens, reasoning included.
    pub output: u64,
    /// Input tokens read from a cache.
    pub cache_read: u64,
    /// Input tokens written to a cache for the vendor's usual time.
    pub cache_write: u64,
    /// Input tokens written to a cache for an hour.
    pub cache_write_1h: u64,
    /// Output tokens that reason.
    pub reasoning: u64,
    /// Requests.
    pub requests: u64,
    /// Searches of the web.
    pub web_searches: u64,
}

impl Usage {
    /// One request with this many tokens in and out, nothing cached.
    pub const fn new(input: u64, output: u64) -> Self {
        Self {
            input,
            output,
            cache_read: 0,
            cache_write: 0,
            cache_write_1h: 0,
            reasoning: 0,
            requests: 1,
            web_searches: 0,
        }
    }

    /// The same usage with this many of its input tokens read from a cache.
    pub const fn cached(self, cache_read: u64) -> Self {
        Self { cache_read, ..self }
    }
}

/// A bill, in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Cost {
    /// For the input, caching included.
    pub input: Money,
    /// For the output.
    pub output: Money,
    /// For requests and searches.
    pub other: Money,
}

impl Cost {
    /// All parts together.
    pub fn total(&self) -> Money {
        self.input + self.output + self.other
    }
}

/// The rates that hold for one model, day and service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The model's id, for messages.
    pub(crate) model: String,
    /// The rates in US dollars.
    pub rates: Rates,
    /// By rising threshold: for an input above it, these rates take the place of `rates` for the whole call.
    pub tiers: Vec<PriceTier>,
    /// The layer that the price comes from: `builtin`, unless an overlay says otherwise.
    pub source: String,
    /// The last day whose prices that layer knows.
    pub as_of: Date,
    /// At other hours of the day other rates hold.
    pub varies_by_hour: bool,
}

/// The rates for long inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceTier {
    /// Input tokens, cached ones included; the tier holds for more than these.
    pub above_input_tokens: u64,
    /// The rates that change.
    pub rates: Rates,
}

impl Price {
    /// Dollars per million input tokens.
    pub fn input_per_mtok(&self) -> Option<Decimal> {
        self.rates.get(Unit::In)
    }

    /// Dollars per million output tokens. Embedding models have none.
    pub fn output_per_mtok(&self) -> Option<Decimal> {
        self.rates.get(Unit::Out)
    }

    /// Dollars per million input tokens read from a cache.
    pub fn cache_read_per_mtok(&self) -> Option<Decimal> {
        self.rates.get(Unit::CacheRead)
    }

    /// The rate for a unit in a call of this many input tokens.
    pub fn rate(&self, unit: Unit, input_tokens: u64) -> Option<Decimal> {
        let tiers = self.tiers.iter().rev().filter(|tier| input_tokens > tier.above_input_tokens);
        tiers.map(|tier| &tier.rates).find_map(|rates| rates.get(unit)).or_else(|| self.rates.get(unit))
    }

    /// What a usage costs, exactly. A missing rate is an error only when there is something to pay with it: an embedding has
    /// no output and needs no output rate.
    pub fn cost(&self, usage: &Usage) -> Result<Cost, NoPrice> {
        let rate = |unit| self.rate(unit, usage.input);
        let missing = |unit: &'static str| NoPrice::NoRate { model: self.model.clone(), unit };

        let mut input = Money::ZERO;
        let mut plain = usage.input;
        let cached = [
            (usage.cache_read, rate(Unit::CacheRead)),
            (usage.cache_write, rate(Unit::CacheWrite)),
            (usage.cache_write_1h, rate(Unit::CacheWrite1h).or_else(|| rate(Unit::CacheWrite))),
        ];
        for (tokens, rate) in cached {
            // Without a rate of its own a cached token is an input token like any other.
            let Some(rate) = rate else { continue };
            let tokens = tokens.min(plain);
            input += Money::of_tokens(tokens, rate);
            plain -= tokens;
        }
        if plain > 0 {
            input += Money::of_tokens(plain, rate(Unit::In).ok_or_else(|| missing("input"))?);
        }

        let mut output = Money::ZERO;
        let mut plain = usage.output;
        if let Some(rate) = rate(Unit::Reasoning) {
            let tokens = usage.reasoning.min(plain);
            output += Money::of_tokens(tokens, rate);
            plain -= tokens;
        }
        if plain > 0 {
            output += Money::of_tokens(plain, rate(Unit::Out).ok_or_else(|| missing("output"))?);
        }

        let fee = |unit: Unit, n: u64| rate(unit).map_or(Money::ZERO, |rate| Money::of_units(n, rate, unit.power()));
        let other = fee(Unit::Requests, usage.requests) + fee(Unit::WebSearches, usage.web_searches);
        Ok(Cost { input, output, other })
    }
}

/// A flat object with the names of the results of commands. Input and output are always there, `null` when not known.
impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for unit in [Unit::In, Unit::Out] {
            map.serialize_entry(unit.name(), &self.rates.get(unit).map(rate_text))?;
        }
        for (unit, rate) in self.rates.iter().filter(|(unit, _)| !matches!(unit, Unit::In | Unit::Out)) {
            map.serialize_entry(unit.name(), &rate_text(rate))?;
        }
        if !self.tiers.is_empty() {
            map.serialize_entry("tiers", &self.tiers)?;
        }
        if self.varies_by_hour {
            map.serialize_entry("varies_by_hour", &true)?;
        }
        map.serialize_entry("source", &self.source)?;
        map.serialize_entry("as_of", &self.as_of)?;
        map.end()
    }
}

impl Serialize for PriceTier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("above_input_tokens", &self.above_input_tokens)?;
        for (unit, rate) in self.rates.iter() {
            map.serialize_entry(unit.name(), &rate_text(rate))?;
        }
        map.end()
    }
}

impl Model {
    /// The rates that hold for a call. `source` and `as_of` are carried along.
    pub(crate) fn price(&self, when: &When, source: &str, as_of: Date) -> Result<Price, NoPrice> {
        let standard = standard_row(&self.prices, when)
            .ok_or_else(|| NoPrice::NoRate { model: self.id.clone(), unit: "anything" })?;
        let mut rates = standard.rate.clone();
        let mut tiers = standard.tiers.clone();
        if when.service != Service::Standard {
            let mut found = false;
            for row in self.prices.iter().filter(|row| row.is_for(when.service) && row.holds(when)) {
                overlay(&mut rates, &mut tiers, row);
                found = true;
            }
            if !found {
                return Err(NoPrice::NoService { model: self.id.clone(), service: when.service.as_str() });
            }
        }
        tiers.sort_by_key(|tier| tier.above);
        let tiers = tiers.into_iter().filter(|tier| !tier.rate.is_empty());
        Ok(Price {
            model: self.id.clone(),
            rates,
            tiers: tiers.map(|tier| PriceTier { above_input_tokens: tier.above, rates: tier.rate }).collect(),
            source: source.to_owned(),
            as_of,
            varies_by_hour: self.prices.iter().any(|row| row.is_for(Service::Standard) && row.when.utc.is_some()),
        })
    }
}

impl Row {
    /// True for a row that prices calls of a service, whatever route or search they ask for.
    fn is_for(&self, service: Service) -> bool {
        self.when.service == service && self.when.route.is_none() && self.when.search.is_none()
    }

    /// True when the day, and the hour if it is known, are the row's.
    fn holds(&self, when: &When) -> bool {
        self.from.is_none_or(|from| from <= when.date)
            && self.when.utc.is_none_or(|window| when.minute.is_none_or(|minute| window.holds(minute)))
    }
}

/// The last standard row that holds. Before the first of all dates it is the first row: prices are not known further back.
fn standard_row<'a>(rows: &'a [Row], when: &When) -> Option<&'a Row> {
    let standard: Vec<&Row> = rows.iter().filter(|row| row.is_for(Service::Standard)).collect();
    let on_day: Vec<&Row> = standard.iter().copied().filter(|row| row.holds(when)).collect();
    if when.minute.is_some() {
        return on_day.last().or(standard.first()).copied();
    }
    let always = on_day.iter().rev().find(|row| row.when.utc.is_none());
    let windowed = on_day.iter().rev().find(|row| row.when.utc.is_some());
    let minutes: u32 = on_day.iter().filter_map(|row| row.when.utc).map(|window| u32::from(window.minutes())).sum();
    let most_of_the_day = minutes * 2 > u32::from(Window::DAY);
    let chosen = if most_of_the_day { windowed.or(always) } else { always.or(windowed) };
    chosen.or(standard.first()).copied()
}

/// Puts a service's rates over the standard ones. A rate that the service names has only the tiers that the service gives it.
fn overlay(rates: &mut Rates, tiers: &mut Vec<Tier>, row: &Row) {
    for (unit, rate) in row.rate.iter() {
        rates.set(unit, rate);
        for tier in tiers.iter_mut() {
            tier.rate.remove(unit);
        }
    }
    for tier in &row.tiers {
        match tiers.iter_mut().find(|each| each.above == tier.above) {
            Some(each) => tier.rate.iter().for_each(|(unit, rate)| each.rate.set(unit, rate)),
            None => tiers.push(tier.clone()),
        }
    }
}
