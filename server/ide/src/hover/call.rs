//! A call: what it costs, in parts, and what that rests on.

use std::fmt::Write as _;

use lensai_cost::{Estimate, PricedCall, about, grouped, provider, rate_text};
use lensai_models::{Match, Money, Price, Unit, When};
use lensai_tokens::Count;
use rust_decimal::Decimal;

use crate::markdown::{code, sentence, table};
use crate::template::cost_text;
use crate::view::{Context, FileView, Whence};

/// Prices that are older than this are worth a word, in days.
const OLD: i64 = 45;

/// The Markdown over a call.
pub(crate) fn of_call(view: &FileView<'_>, priced: &PricedCall, context: &Context<'_>) -> String {
    let (call, estimate) = (&priced.call, &priced.estimate);
    let name = call.model.name.as_deref().or(match call.model.candidates.as_slice() {
        [only] => Some(only.as_str()),
        _ => None,
    });
    let found = name.and_then(|name| context.catalogue.find(provider(call), name));
    let price = found.as_ref().and_then(|found| found.price(&When::on(context.today)).ok());

    let mut out = head(priced, name);
    if let Some(rows) = parts(estimate, price.as_ref()) {
        out.push_str(&table(&rows));
        out.push('\n');
    }
    if let Some(bounds) = bounds(estimate) {
        let _ = write!(out, "{bounds}.\n\n");
    }
    if let Some(month) = month(view, priced, context) {
        let _ = write!(out, "{month}\n\n");
    }
    for note in &estimate.notes {
        let _ = writeln!(out, "* {}", sentence(note));
    }
    if call.in_loop {
        out.push_str("* made once for each turn of a loop\n");
    }
    if let Some(new) = &call.places.add_max_output
        && let Some(argument) = new.path.last()
    {
        let _ = writeln!(out, "* nothing limits the answer below what the model can give: {} does", code(argument));
    }
    if !estimate.notes.is_empty() || call.in_loop || call.places.add_max_output.is_some() {
        out.push('\n');
    }
    if let Some(limits) = found.as_ref().and_then(limits) {
        let _ = write!(out, "{limits}\n\n");
    }
    if let (Some(source), true) = (&estimate.price, price.is_some()) {
        let source = if source.source == "builtin" { "built-in" } else { &source.source };
        let _ = write!(out, "_{} Source: {source} list._\n\n", age(context));
    }
    let comment = if view.language.is_python() { "#" } else { "//" };
    let _ = write!(
        out,
        "_Say more in a comment above: `{comment} lensai: calls=40k/month input=1200 output=300`. Hints are turned off with \
         `lensai.hints.enable`._"
    );
    out
}

fn head(priced: &PricedCall, name: Option<&str>) -> String {
    let (call, estimate) = (&priced.call, &priced.estimate);
    let expected = estimate.cost.and_then(|cost| cost.expected);
    let cost = match expected {
        Some(_) => cost_text(estimate),
        None if estimate.cost.is_some() => format!("{} a call", cost_text(estimate)),
        None => "Cost not known".to_owned(),
    };
    let is_exact = estimate.cost.is_some_and(|cost| Some(cost.low) == cost.expected && cost.high == cost.expected);
    let mut out = match expected {
        Some(_) if is_exact || cost.starts_with('<') => format!("**{cost}** a call"),
        Some(_) => format!("**≈ {cost}** a call"),
        None => format!("**{cost}**"),
    };
    match (name, call.model.candidates.as_slice()) {
        (Some(name), _) => {
            let _ = write!(out, " · {}", code(name));
        }
        (None, []) => out.push_str(" · model not known"),
        (None, several) => {
            let names: Vec<String> = several.iter().map(|name| code(name)).collect();
            let _ = write!(out, " · {}", names.join(" or "));
        }
    }
    let paid = call.provider.as_deref().or(call.model.host.as_deref());
    if let Some(paid) = paid {
        let _ = write!(out, " · {}", sentence(paid));
    }
    let _ = write!(out, " · {}\n\n", call.operation.as_str().replace('_', " "));
    out
}

/// The parts of a call as rows; none when nothing of it is counted.
fn parts(estimate: &Estimate, price: Option<&Price>) -> Option<Vec<Vec<String>>> {
    let has_cost = estimate.cost.is_some_and(|cost| cost.expected.is_some());
    let price = price.filter(|_| has_cost);
    let sent = estimate.input.as_ref().map_or(0, |input| input.total.expected);
    // Rates for long contexts are a matter of each turn by itself.
    let sent = sent / estimate.turns.map_or(1, |turns| turns.expected.max(1));
    let rate = |unit: Unit| price.and_then(|price| price.rate(unit, sent));
    let mut rows = vec![["part", "tokens", "at most", "per 1M", "cost"].map(str::to_owned).to_vec()];
    let mut row = |name: String, count: Count, rate: Option<Decimal>| {
        let cost = rate.map(|rate| Money::of_tokens(count.expected, rate).rounded());
        rows.push(vec![
            name,
            tokens(count),
            count.high.map_or_else(|| "?".to_owned(), grouped),
            rate.map_or_else(|| "?".to_owned(), |rate| format!("${}", rate_text(rate))),
            cost.unwrap_or_else(|| "?".to_owned()),
        ]);
    };
    if let Some(input) = &estimate.input {
        let (fixed, total) = (input.fixed, input.total);
        if fixed.expected > 0 || input.holes.is_empty() {
            row(format!("sent, in the code ({})", fixed.method), fixed, rate(Unit::In));
        }
        if total.expected > fixed.expected || !input.holes.is_empty() {
            let rest = Count::new(
                total.low.saturating_sub(fixed.low),
                total.expected.saturating_sub(fixed.expected),
                total.high.map(|high| high.saturating_sub(fixed.high.unwrap_or(fixed.expected))),
                total.method,
            );
            let again = if estimate.turns.is_some_and(|turns| turns.expected > 1) { " and again" } else { "" };
            row(format!("sent, at run time{again} ({})", total.method), rest, rate(Unit::In));
        }
    }
    if let Some(output) = estimate.output.filter(|output| output.high != Some(0)) {
        row(format!("answer ({})", output.method), output, rate(Unit::Out));
    }
    (rows.len() > 1).then_some(rows)
}

/// A number of tokens, with `≈` where it is not certain.
fn tokens(count: Count) -> String {
    if count.is_precise() { grouped(count.expected) } else { format!("≈ {}", grouped(count.expected)) }
}

fn bounds(estimate: &Estimate) -> Option<String> {
    let cost = estimate.cost?;
    // Less than what can be shown is no bound worth a word.
    let low = Some(cost.low.rounded()).filter(|low| !low.starts_with('<') && *low != "$0");
    match (low, cost.high) {
        (_, Some(high)) if Some(high) == cost.expected && high == cost.low => None,
        (Some(low), Some(high)) => Some(format!("At least {low}, at most {}", high.rounded())),
        (None, Some(high)) => Some(format!("At most {}", high.rounded())),
        (Some(low), None) => Some(format!("At least {low}; no upper bound is known")),
        (None, None) => Some("No upper bound is known".to_owned()),
    }
}

/// What a month costs, when it is said how often the call is made.
fn month(view: &FileView<'_>, priced: &PricedCall, context: &Context<'_>) -> Option<String> {
    let (rate, whence) = context.traffic_of(view, priced)?;
    let times = rate.per_month()?;
    let whence = match whence {
        Whence::Comment => "as the comment says",
        Whence::Configuration => "`[traffic]` in `lensai.toml`",
    };
    let expected = priced.estimate.cost.and_then(|cost| cost.expected)?;
    let calls = u64::try_from(times.round()).map_or_else(|_| times.round().to_string(), grouped);
    let looped = if priced.call.in_loop { ", one turn of the loop each" } else { "" };
    Some(format!("**≈ {} a month** for {calls} calls ({whence}{looped}).", about(expected.times(times))))
}

fn limits(found: &Match<'_>) -> Option<String> {
    let limits = found.limits();
    let context = limits.context.map(|context| format!("context window of {} tokens", grouped(context)));
    let output = limits.max_output.map(|output| format!("answers of up to {}", grouped(output)));
    let both: Vec<String> = context.into_iter().chain(output).collect();
    (!both.is_empty()).then(|| format!("{}: {}.", code(&found.model.id), both.join(", ")))
}

/// Of which day the prices are.
pub(crate) fn age(context: &Context<'_>) -> String {
    let day = context.catalogue.as_of();
    match day.days_until(context.today) {
        days if days > OLD => {
            format!("Prices of {day}, {days} days old: a newer version of this program has newer ones.")
        }
        _ => format!("Prices of {day}."),
    }
}
