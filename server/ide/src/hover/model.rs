//! A model: limits, prices, where it stands in its life.

use std::fmt::Write as _;

use lensai_cost::{grouped, rate_text};
use lensai_models::{Match, Price, Service, Status, Unit, When};

use super::call::age;
use crate::markdown::{code, table};
use crate::named::Named;
use crate::view::{Context, FileView};

/// The Markdown over a text that names a model.
pub(crate) fn of_model(view: &FileView<'_>, named: &Named<'_>, context: &Context<'_>) -> String {
    let Some(found) = &named.found else {
        let near = context.catalogue.near(named.name, 3);
        let near: Vec<String> = near.into_iter().map(code).collect();
        let meant = if near.is_empty() { String::new() } else { format!("\n\nNear to it: {}", near.join(", ")) };
        let day = context.catalogue.as_of();
        return format!("**{}** is in no price list ({day}): what it costs is not known.{meant}", code(named.name));
    };
    let mut out = format!("**{}**", code(named.name));
    if found.model.id != named.name {
        let _ = write!(out, " is priced as {}", code(&found.model.id));
    }
    let _ = write!(out, " · {}\n\n", found.provider_name());
    if let Some(status) = status(found, context) {
        let _ = write!(out, "**{status}.**\n\n");
    }
    out.push_str(&card(found, context));
    if let Some(share) = share(view, named, found) {
        let _ = write!(out, "\n{share}.\n");
    }
    let source = found.price(&When::on(context.today)).map_or_else(|_| String::new(), |price| source_of(&price));
    let _ = write!(out, "\n_{}{source}_", age(context));
    out
}

/// Which list a price is from.
fn source_of(price: &Price) -> String {
    let source = if price.source == "builtin" { "built-in" } else { &price.source };
    format!(" Source: {source} list.")
}

/// Limits and prices as a table.
pub(crate) fn card(found: &Match<'_>, context: &Context<'_>) -> String {
    let limits = found.limits();
    let tokens =
        |count: Option<u64>| count.map_or_else(|| "not known".to_owned(), |count| format!("{} tokens", grouped(count)));
    let mut rows = vec![
        vec!["limits and prices".to_owned(), String::new()],
        vec!["context window".to_owned(), tokens(limits.context)],
        vec!["longest answer".to_owned(), tokens(limits.max_output)],
    ];
    match found.price(&When::on(context.today)) {
        Ok(price) => {
            rows.extend(rates(&price));
            let batch = found.price(&When::on(context.today).with_service(Service::Batch)).ok();
            let batch = batch.and_then(|batch| Some((batch.input_per_mtok()?, batch.output_per_mtok()?)));
            if let Some((input, output)) = batch {
                rows.push(vec![
                    "in a batch".to_owned(),
                    format!("${} in, ${} out", rate_text(input), rate_text(output)),
                ]);
            }
        }
        Err(reason) => rows.push(vec!["price".to_owned(), format!("not known: {reason}")]),
    }
    table(&rows)
}

fn rates(price: &Price) -> Vec<Vec<String>> {
    let names = [
        (Unit::In, "input"),
        (Unit::CacheRead, "input from the cache"),
        (Unit::Out, "output"),
        (Unit::Reasoning, "reasoning"),
    ];
    let row = |name: String, rate| vec![name, format!("${} per 1M tokens", rate_text(rate))];
    let mut rows: Vec<Vec<String>> =
        names.into_iter().filter_map(|(unit, name)| Some(row(name.to_owned(), price.rates.get(unit)?))).collect();
    for tier in &price.tiers {
        for (unit, name) in [(Unit::In, "input"), (Unit::Out, "output")] {
            if let Some(rate) = tier.rates.get(unit) {
                rows.push(row(format!("{name}, above {} tokens", grouped(tier.above_input_tokens)), rate));
            }
        }
    }
    rows
}

/// Where the model stands in its life, when it does not stand in the middle of it.
fn status(found: &Match<'_>, context: &Context<'_>) -> Option<String> {
    Some(match found.status(context.today) {
        Status::Active => return None,
        Status::Deprecated(None) => "Listed as deprecated".to_owned(),
        Status::Deprecated(Some(end)) => format!("Listed as ending on {end}"),
        Status::Retired(end) => format!("Listed as retired since {end}; its vendor has the last word"),
    })
}

/// How much of the context window the call takes.
fn share(view: &FileView<'_>, named: &Named<'_>, found: &Match<'_>) -> Option<String> {
    let call = named.call.filter(|_| !view.calls.is_empty())?;
    let window = found.limits().context.filter(|window| *window > 0)?;
    let sent = call.estimate.input.as_ref()?.total.expected;
    let tenths = sent.saturating_mul(1000) / window;
    let share = match (tenths, sent) {
        (_, 0) => return None,
        (0, _) => "less than 0.1 %".to_owned(),
        (tenths, _) if tenths < 100 => format!("{}.{} %", tenths / 10, tenths % 10),
        (tenths, _) => format!("{} %", tenths / 10),
    };
    let about = if call.estimate.input.as_ref().is_some_and(|input| input.total.is_precise()) { "" } else { "about " };
    Some(format!("This call sends {about}{} tokens: {share} of the window", grouped(sent)))
}
