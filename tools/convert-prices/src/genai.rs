//! genai-prices as it is, and as ours.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use lensai_models::schema::{self, Conditions, Row, Tier, Window};
use lensai_models::{Date, Rates, Service, Unit};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::rules::Clause;

#[derive(Debug, Deserialize)]
pub(crate) struct Provider {
    id: String,
    #[serde(default)]
    fallback_model_providers: Vec<String>,
    models: Vec<Model>,
}

#[derive(Debug, Deserialize)]
struct Model {
    id: String,
    #[serde(rename = "match")]
    clause: Clause,
    context_window: Option<u64>,
    #[serde(default)]
    deprecated: bool,
    prices: Prices,
    #[serde(default)]
    price_variants: Vec<Variant>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Prices {
    Dated(Vec<Dated>),
    Flat(BTreeMap<String, Rate>),
}

#[derive(Debug, Deserialize)]
struct Dated {
    constraint: Option<Constraint>,
    prices: BTreeMap<String, Rate>,
}

#[derive(Debug, Deserialize)]
struct Variant {
    when: BTreeMap<String, String>,
    prices: BTreeMap<String, Rate>,
    constraint: Option<Constraint>,
}

#[derive(Debug, Deserialize)]
struct Constraint {
    start_date: Option<Date>,
    start_time: Option<String>,
    end_time: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Rate {
    Flat(String),
    Tiered { base: String, tiers: Vec<Step> },
}

#[derive(Debug, Deserialize)]
struct Step {
    start: u64,
    price: String,
}

impl Provider {
    pub(crate) fn convert(self) -> Result<schema::Provider> {
        let models = self.models.into_iter().map(|model| {
            let id = model.id.clone();
            model.convert().with_context(|| format!("{}: {id}", self.id))
        });
        Ok(schema::Provider {
            models: models.collect::<Result<_>>()?,
            id: self.id.clone(),
            fallback: self.fallback_model_providers,
        })
    }
}

impl Model {
    fn convert(self) -> Result<schema::Model> {
        let mut prices = match self.prices {
            Prices::Flat(prices) => vec![row(None, Conditions::default(), &prices)?],
            Prices::Dated(dated) => dated
                .into_iter()
                .map(|dated| row(dated.constraint, Conditions::default(), &dated.prices))
                .collect::<Result<_>>()?,
        };
        // There the first variant that holds wins, here the last row does.
        for variant in self.price_variants.into_iter().rev() {
            if let Some(when) = conditions(&variant.when)? {
                prices.push(row(variant.constraint, when, &variant.prices)?);
            }
        }
        Ok(schema::Model {
            rules: self.clause.rules()?,
            id: self.id,
            context: self.context_window,
            max_output: None,
            deprecated: self.deprecated,
            retires: BTreeMap::new(),
            prices,
        })
    }
}

/// What a variant asks for; `None` for one that only says that the standard price holds.
fn conditions(when: &BTreeMap<String, String>) -> Result<Option<Conditions>> {
    let mut conditions = Conditions::default();
    let [(key, value)]: [_; 1] =
        when.iter().collect::<Vec<_>>().try_into().map_err(|when| anyhow::anyhow!("{when:?}"))?;
    match (key.as_str(), value.as_str()) {
        ("service_tier", "default") | ("search_type", "web") => return Ok(None),
        ("processing", "batch") => conditions.service = Service::Batch,
        ("service_tier", "flex") => conditions.service = Service::Flex,
        ("service_tier", "priority") => conditions.service = Service::Priority,
        ("service_tier" | "speed", "fast") => conditions.service = Service::Fast,
        ("route", route) => conditions.route = Some(route.to_owned()),
        ("search_type", search) => conditions.search = Some(search.to_owned()),
        other => bail!("no place for the condition {other:?}"),
    }
    Ok(Some(conditions))
}

fn row(constraint: Option<Constraint>, mut when: Conditions, prices: &BTreeMap<String, Rate>) -> Result<Row> {
    let mut from = None;
    if let Some(constraint) = constraint {
        from = constraint.start_date;
        if let (Some(start), Some(end)) = (&constraint.start_time, &constraint.end_time) {
            when.utc = Some(Window { from: minute(start)?, to: minute(end)? });
        }
    }
    let mut rate = Rates::default();
    let mut tiers: BTreeMap<u64, Rates> = BTreeMap::new();
    for (key, value) in prices {
        let unit = unit(key)?;
        match value {
            Rate::Flat(text) => rate.set(unit, decimal(text)?),
            Rate::Tiered { base, tiers: steps } => {
                rate.set(unit, decimal(base)?);
                for step in steps {
                    tiers.entry(step.start).or_default().set(unit, decimal(&step.price)?);
                }
            }
        }
    }
    let tiers = tiers.into_iter().map(|(above, rate)| Tier { above, rate }).collect();
    Ok(Row { from, when, rate, tiers })
}

/// `00:30:00+00:00`: all times in the data are UTC, and anything else must be looked at.
fn minute(clock: &str) -> Result<u16> {
    let Some(clock) = clock.strip_suffix(":00+00:00") else { bail!("`{clock}` is not a full minute of UTC") };
    let Some((hours, minutes)) = clock.split_once(':') else { bail!("`{clock}` is not a time") };
    Ok(hours.parse::<u16>()? * 60 + minutes.parse::<u16>()?)
}

fn decimal(text: &str) -> Result<Decimal> {
    let value = Decimal::from_str_exact(text).with_context(|| format!("`{text}`"))?;
    if value.is_sign_negative() {
        bail!("the rate {text} is negative");
    }
    Ok(value.normalize())
}

fn unit(key: &str) -> Result<Unit> {
    Ok(match key {
        "input_mtok" => Unit::In,
        "output_mtok" => Unit::Out,
        "cache_read_mtok" => Unit::CacheRead,
        "cache_write_mtok" => Unit::CacheWrite,
        "cache_write_1h_mtok" => Unit::CacheWrite1h,
        "output_reasoning_mtok" => Unit::Reasoning,
        "output_citation_mtok" => Unit::Citation,
        "input_audio_mtok" => Unit::AudioIn,
        "cache_audio_read_mtok" => Unit::AudioCacheRead,
        "output_audio_mtok" => Unit::AudioOut,
        "input_image_mtok" => Unit::ImageIn,
        "cache_image_read_mtok" => Unit::ImageCacheRead,
        "output_image_mtok" => Unit::ImageOut,
        "input_video_mtok" => Unit::VideoIn,
        "output_video_mtok" => Unit::VideoOut,
        "input_mchars" => Unit::Chars,
        "requests_kcount" => Unit::Requests,
        "web_searches_kcount" => Unit::WebSearches,
        "storage_searches_kcount" => Unit::FileSearches,
        "input_text_messages_kcount" => Unit::Messages,
        "input_document_kpages" => Unit::Pages,
        "input_annotated_document_kpages" => Unit::AnnotatedPages,
        "audio_hours" => Unit::AudioHours,
        "input_audio_hours" => Unit::AudioHoursIn,
        other => bail!("no unit for `{other}`"),
    })
}
