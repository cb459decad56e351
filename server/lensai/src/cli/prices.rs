//! `lensai prices`: what the catalogue says of a model.

use anyhow::Context as _;
use lensai_cost::rate_text;
use lensai_models::{Catalogue, Date, Match, Price, Status, Unit, When, canonical_provider};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::Exit;
use super::args::{ListArgs, PricesCommand, ShowArgs, TextFormat};
use super::console::{self, Console, columns};
use crate::engine::pricing::today;

pub(super) fn run(command: &PricesCommand, console: &Console) -> anyhow::Result<Exit> {
    let catalogue = Catalogue::builtin().context("the built-in price catalogue is broken")?;
    match command {
        PricesCommand::Show(args) => show(args, &catalogue, today(), console),
        PricesCommand::List(args) => list(args, &catalogue, today(), console),
    }
}

/// A model of the catalogue, as it is written.
#[derive(Debug, serde::Serialize)]
struct Entry<'a> {
    model: &'a str,
    provider: &'a str,
    /// Null when the catalogue has none for a standard call.
    price: Option<Rates>,
    limits: lensai_models::Limits,
    status: &'static str,
    /// The day on which it retires or retired.
    #[serde(skip_serializing_if = "Option::is_none")]
    retires: Option<String>,
    source: String,
    as_of: String,
}

impl<'a> Entry<'a> {
    fn new(found: &Match<'a>, catalogue: &Catalogue, date: Date) -> Self {
        let price = found.price(&When::on(date)).ok();
        let status = found.status(date);
        Self {
            model: &found.model.id,
            provider: found.provider.name(),
            source: price.as_ref().map_or_else(|| "builtin".to_owned(), |price| price.source.clone()),
            as_of: price.as_ref().map_or(catalogue.as_of(), |price| price.as_of).to_string(),
            price: price.map(Rates),
            limits: found.limits(),
            status: status.as_str(),
            retires: status.date().map(|date| date.to_string()),
        }
    }

    fn rate(&self, unit: Unit) -> String {
        let rate = self.price.as_ref().and_then(|price| price.0.rates.get(unit));
        rate.map_or_else(|| "?".to_owned(), rate_text)
    }
}

/// The rates alone, by their names: source and date stand beside them.
#[derive(Debug)]
struct Rates(Price);

impl Serialize for Rates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (unit, rate) in self.0.rates.iter() {
            map.serialize_entry(unit.name(), &rate_text(rate))?;
        }
        if !self.0.tiers.is_empty() {
            map.serialize_entry("tiers", &self.0.tiers)?;
        }
        if self.0.varies_by_hour {
            map.serialize_entry("varies_by_hour", &true)?;
        }
        map.end()
    }
}

fn show(args: &ShowArgs, catalogue: &Catalogue, date: Date, console: &Console) -> anyhow::Result<Exit> {
    let found = match catalogue.lookup(args.provider.as_deref(), &args.model) {
        Ok(found) => found,
        Err(reason) => {
            console.error(&reason.to_string());
            let near = catalogue.near(&args.model, 5);
            if !near.is_empty() {
                // Part of the error: shown also when the run should be quiet.
                console.hint(&format!("near names: {}", near.join(", ")));
            }
            return Ok(Exit::Refused);
        }
    };
    let entry = Entry::new(&found, catalogue, date);
    let text = match args.format {
        TextFormat::Json => {
            let mut text = serde_json::to_string_pretty(&entry)?;
            text.push('\n');
            text
        }
        TextFormat::Text => sheet(&entry, date, found.status(date)),
    };
    console::results(text.as_bytes())?;
    Ok(Exit::Fine)
}

fn sheet(entry: &Entry<'_>, date: Date, status: Status) -> String {
    let mut rows =
        vec![vec!["model".to_owned(), entry.model.to_owned()], vec!["provider".to_owned(), entry.provider.to_owned()]];
    let mut add = |name: &str, value: String| rows.push(vec![name.to_owned(), value]);
    if let Some(Rates(price)) = &entry.price {
        for (unit, rate) in price.rates.iter() {
            add(&label(unit), format!("${}{}", rate_text(rate), per(unit)));
        }
        for tier in &price.tiers {
            let rates: Vec<String> =
                tier.rates.iter().map(|(unit, rate)| format!("{} ${}", label(unit), rate_text(rate))).collect();
            add(&format!("above {} input tokens", tier.above_input_tokens), rates.join(", "));
        }
        if price.varies_by_hour {
            add("at other hours", "other rates hold".to_owned());
        }
    }
    if entry.price.is_none() {
        add("price", "?".to_owned());
    }
    let limit = |tokens: Option<u64>| tokens.map_or_else(|| "?".to_owned(), |tokens| format!("{tokens} tokens"));
    add("context", limit(entry.limits.context));
    add("output at most", limit(entry.limits.max_output));
    let until = match status.date() {
        Some(end) if end <= date => format!(" since {end}"),
        Some(end) => format!(", retires on {end}"),
        None => String::new(),
    };
    add("status", format!("{}{until}", entry.status));
    add("source", format!("{} of {}", entry.source, entry.as_of));
    columns(&rows, &[])
}

/// `cache_read_per_mtok` → `cache read`.
fn label(unit: Unit) -> String {
    unit.name().split("_per_").next().unwrap_or_default().replace('_', " ")
}

/// What a rate is for, by the end of its name.
fn per(unit: Unit) -> &'static str {
    match unit.name().split_once("_per_") {
        Some((_, "mtok")) => " per 1M tokens",
        Some((_, "million")) => " per 1M",
        Some((_, "thousand")) => " per 1,000",
        Some((_, "hour")) => " per hour",
        _ => "",
    }
}

fn list(args: &ListArgs, catalogue: &Catalogue, date: Date, console: &Console) -> anyhow::Result<Exit> {
    let wanted = args.provider.as_deref().map(|name| canonical_provider(name).unwrap_or(name));
    let filter = args.filter.as_deref().unwrap_or_default().to_lowercase();
    let entries: Vec<Entry<'_>> = catalogue
        .list()
        .filter(|(provider, _)| wanted.is_none_or(|wanted| provider.name() == wanted || provider.id == wanted))
        .filter(|(_, model)| model.id.to_lowercase().contains(&filter))
        .filter_map(|(provider, model)| catalogue.find(Some(&provider.id), &model.id))
        .map(|found| Entry::new(&found, catalogue, date))
        .collect();
    let text = match args.format {
        TextFormat::Json => {
            let mut text = serde_json::to_string_pretty(&entries)?;
            text.push('\n');
            text
        }
        TextFormat::Text => table(&entries),
    };
    if entries.is_empty() {
        console.note("no model of the catalogue is meant by that");
    }
    console::results(text.as_bytes())?;
    Ok(Exit::Fine)
}

fn table(entries: &[Entry<'_>]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut rows = vec![["provider", "model", "in $/1M", "out $/1M", "context", "status"].map(str::to_owned).to_vec()];
    rows.extend(entries.iter().map(|entry| {
        vec![
            entry.provider.to_owned(),
            entry.model.to_owned(),
            entry.rate(Unit::In),
            entry.rate(Unit::Out),
            entry.limits.context.map_or_else(|| "?".to_owned(), |tokens| tokens.to_string()),
            entry.status.to_owned(),
        ]
    }));
    columns(&rows, &[2, 3, 4])
}
