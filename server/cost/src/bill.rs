//! The cost of a call to one model.

use lensai_calls::{Call, Operation};
use lensai_models::{Catalogue, Date, Match, Money, NoPrice, Price, Status, Unit, Usage, When, provider_of_host};
use lensai_tokens::{Count, Tokenizers};
use rust_decimal::Decimal;

use crate::estimate::{Assumptions, InputTokens, PriceUsed};
use crate::measure;
use crate::turns::Run;

/// What a call takes and costs when it goes to one model.
#[derive(Debug, Clone)]
pub(crate) struct Bill {
    pub(crate) input: InputTokens,
    pub(crate) output: Option<Count>,
    pub(crate) price: Option<PriceUsed>,
    /// The turns of an agent, and what all that are allowed cost.
    pub(crate) run: Option<(Run, Option<Money>)>,
    /// Or why that is not known.
    pub(crate) cost: Result<Amounts, String>,
    /// Where the model stands in its life.
    pub(crate) status: Option<Status>,
    /// What is to be said about this model.
    pub(crate) notes: Vec<String>,
}

/// Low, expected and high.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amounts {
    pub(crate) low: Money,
    pub(crate) expected: Money,
    pub(crate) high: Option<Money>,
}

/// What estimates are made with.
#[derive(Clone, Copy)]
pub(crate) struct Means<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) tokenizers: &'a Tokenizers,
    pub(crate) assumptions: &'a Assumptions,
    pub(crate) date: Date,
}

impl Bill {
    /// The bill of a call to a model by its written name.
    pub(crate) fn of_model(call: &Call, name: &str, means: Means<'_>) -> Self {
        let found = means.catalogue.lookup(provider(call), name);
        let limit = found.as_ref().ok().and_then(|found| found.limits().max_output);
        // The name as written says as much as the catalogue's id, and is there also when the catalogue has none.
        let first = measure::input(call, name, means.tokenizers, means.assumptions);
        let answer = measure::output(call, limit, means.assumptions);
        let run = Run::of(call, first.total, answer, means.assumptions);
        let (input, output) = all_turns(run, first.clone(), answer);
        let mut notes = Vec::new();
        let status = found.as_ref().ok().map(|found| found.status(means.date));
        notes.extend(status.and_then(|status| status_note(name, status)));
        let priced = match unsold(call.operation) {
            Some(reason) => Err(reason.to_owned()),
            None => price(call, name, found, means, &mut notes),
        };
        let priced = priced.and_then(|price| {
            let one = amounts(call.operation, &price, first.total, answer)?;
            let (all, at_limit) = of_turns(run, one, &price);
            Ok((all, used(&price), at_limit))
        });
        let (cost, price, at_limit) = match priced {
            Ok((cost, price, at_limit)) => (Ok(cost), Some(price), at_limit),
            Err(reason) => (Err(reason), None, None),
        };
        Self { input, output, price, run: run.map(|run| (run, at_limit)), cost, status, notes }
    }

    /// The bill of a call whose model is not known: there are tokens, and a reason why there is no cost.
    pub(crate) fn of_nobody(call: &Call, reason: String, means: Means<'_>) -> Self {
        let input = measure::input(call, "", means.tokenizers, means.assumptions);
        let output = measure::output(call, None, means.assumptions);
        let run = Run::of(call, input.total, output, means.assumptions);
        let (input, output) = all_turns(run, input, output);
        Self {
            input,
            output,
            price: None,
            run: run.map(|run| (run, None)),
            cost: Err(unsold(call.operation).map_or(reason, str::to_owned)),
            status: None,
            notes: Vec::new(),
        }
    }
}

/// Tokens of all turns, from those of one.
fn all_turns(run: Option<Run>, input: InputTokens, output: Option<Count>) -> (InputTokens, Option<Count>) {
    let Some(run) = run else { return (input, output) };
    let (total, output) = run.counts(input.total, output);
    (InputTokens { total, ..input }, output)
}

/// The amounts of all turns, from those of one; and what is expected of all that are allowed.
fn of_turns(run: Option<Run>, one: Amounts, price: &Price) -> (Amounts, Option<Money>) {
    let Some(run) = run else { return (one, None) };
    let expected = run.series.and_then(|series| series.cost(run.expected, price)).unwrap_or(one.expected);
    let at_limit = run.series.zip(run.limit).and_then(|(series, limit)| series.cost(limit, price));
    (Amounts { expected, high: None, ..one }, at_limit)
}

/// Who is paid: as the call says, else the one who answers at its host. For [`Catalogue::lookup`].
pub fn provider(call: &Call) -> Option<&str> {
    call.provider.as_deref().or_else(|| call.model.host.as_deref().and_then(provider_of_host))
}

/// Why what an operation costs is not a matter of tokens.
fn unsold(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::Image => Some("an image is paid by its size and quality, which are not estimated"),
        Operation::Speech => Some("speech is paid by its length, which is only known at run time"),
        Operation::Transcription => {
            Some("a transcription is paid by the length of its audio, which is only known at run time")
        }
        _ => None,
    }
}

fn price(
    call: &Call,
    name: &str,
    found: Result<Match<'_>, NoPrice>,
    means: Means<'_>,
    notes: &mut Vec<String>,
) -> Result<Price, String> {
    let found = found.map_err(|reason| with_near_names(&reason, name, means.catalogue))?;
    let price = found.price(&When::on(means.date)).map_err(|reason| reason.to_string())?;
    if let (None, Some(host)) = (provider(call), &call.model.host) {
        notes.push(format!("requests go to `{host}`: priced as at {}", found.provider.name()));
    }
    if price.varies_by_hour {
        notes.push(format!("the price of `{name}` depends on the hour: that of most of the day is used"));
    }
    Ok(price)
}

/// The reason, with the names that may be meant when it is the name that is wrong.
fn with_near_names(reason: &NoPrice, name: &str, catalogue: &Catalogue) -> String {
    if !matches!(reason, NoPrice::UnknownModel { .. } | NoPrice::NotListed { .. }) {
        return reason.to_string();
    }
    let near: Vec<String> = catalogue.near(name, 3).into_iter().map(|near| format!("`{near}`")).collect();
    match near.split_last() {
        // The name is listed, elsewhere: nothing was misspelt.
        _ if near.iter().any(|near| near.trim_matches('`').eq_ignore_ascii_case(name)) => reason.to_string(),
        None => reason.to_string(),
        Some((one, [])) => format!("{reason}; did you mean {one}?"),
        Some((last, others)) => format!("{reason}; did you mean {} or {last}?", others.join(", ")),
    }
}

fn status_note(name: &str, status: Status) -> Option<String> {
    match status {
        Status::Active => None,
        Status::Deprecated(None) => Some(format!("`{name}` is deprecated")),
        Status::Deprecated(Some(date)) => Some(format!("`{name}` is deprecated and retires on {date}")),
        Status::Retired(date) => Some(format!("`{name}` is retired since {date}")),
    }
}

/// The bill at each of the three points; the long-context rates hold for a point by its own input.
fn amounts(operation: Operation, price: &Price, input: Count, output: Option<Count>) -> Result<Amounts, String> {
    if operation == Operation::Rerank && price.input_per_mtok().is_none() && price.rates.get(Unit::Requests).is_some() {
        // Sold by the search, whatever is in it; long lists of documents are several searches.
        let search = total(price, Usage::new(0, 0))?;
        return Ok(Amounts { low: search, expected: search, high: None });
    }
    let output = output.unwrap_or(Count::ZERO);
    // A rate that is only missed when tokens are there must be missed at 0 as well, else the low bound would be a price.
    total(price, Usage::new(input.expected.max(1), output.expected))?;
    let high =
        input.high.zip(output.high).map(|(input, output)| total(price, Usage::new(input, output))).transpose()?;
    Ok(Amounts {
        low: total(price, Usage::new(input.low, output.low))?,
        expected: total(price, Usage::new(input.expected, output.expected))?,
        high,
    })
}

fn total(price: &Price, usage: Usage) -> Result<Money, String> {
    price.cost(&usage).map(|cost| cost.total()).map_err(|reason| reason.to_string())
}

fn used(price: &Price) -> PriceUsed {
    PriceUsed {
        input_per_mtok: price.input_per_mtok().map(rate_text),
        output_per_mtok: price.output_per_mtok().map(rate_text),
        source: price.source.clone(),
        as_of: price.as_of,
    }
}

/// A rate as people write it, with at least two decimal places: `2.50`, `0.075`.
pub fn rate_text(rate: Decimal) -> String {
    let rate = rate.normalize();
    if rate.scale() < 2 { format!("{rate:.2}") } else { rate.to_string() }
}
