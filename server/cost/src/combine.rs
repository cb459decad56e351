//! The estimate of a call, over all the models that it may go to.

use lensai_calls::{Call, ModelOrigin, Operation};
use lensai_models::{Catalogue, Date, Money};
use lensai_tokens::{Count, Tokenizers};

use crate::bill::{Amounts, Bill, Means};
use crate::estimate::{Assumptions, Cost, Estimate, InputTokens, Turns};
use crate::history;
use crate::measure::{self, Holes};
use crate::turns::Run;

/// What a call takes and costs when it is made once on a day. The rules are those of this crate's documentation.
pub fn estimate(
    call: &Call,
    catalogue: &Catalogue,
    tokenizers: &Tokenizers,
    assumptions: &Assumptions,
    date: Date,
) -> Estimate {
    let means = Means { catalogue, tokenizers, assumptions, date };
    let others = |default: &str| -> Vec<String> {
        call.model.candidates.iter().filter(|name| *name != default).map(ToString::to_string).collect()
    };
    let mut estimate = match (&call.model.name, call.model.candidates.as_slice()) {
        (Some(name), _) => of_default(call, name, &others(name), means),
        (None, [only]) => of_default(call, only, &[], means),
        (None, []) => of_bill(Bill::of_nobody(call, not_known(call.model.origin), means)),
        (None, several) => of_several(several.iter().map(|name| Bill::of_model(call, name, means)).collect(), several),
    };
    if call.operation == Operation::Transcription {
        // What is sent is sound, and no text of it is known to count.
        estimate.input = None;
    }
    estimate.history = history::cost(call, &estimate, means);
    let is_assumed = estimate.input.is_some() && call.annotation.input.is_none();
    let holes = is_assumed.then(|| Holes::of(call).note(assumptions.tokens_per_hole)).flatten();
    let uncounted = estimate.input.as_ref().and_then(|_| measure::uncounted(call));
    let said = measure::said(call, &estimate);
    let own = std::mem::take(&mut estimate.notes);
    let own = call.notes.iter().cloned().chain(own);
    for note in own.chain(holes).chain(uncounted).chain(said).chain(estimate.unpriced.clone()) {
        if !estimate.notes.contains(&note) {
            estimate.notes.push(note);
        }
    }
    estimate
}

/// Why nothing is known of the model, by where its value stands.
fn not_known(origin: ModelOrigin) -> String {
    let whence = match origin {
        ModelOrigin::Caller => ": it comes from the caller",
        ModelOrigin::Configuration => ": it comes from a configuration",
        ModelOrigin::EnvironmentDefault => ": it comes from the environment",
        ModelOrigin::Attribute => ": it comes from an attribute whose value is not known",
        ModelOrigin::Literal | ModelOrigin::Constant | ModelOrigin::ParameterDefault | ModelOrigin::Unknown => "",
    };
    format!("the model is not known{whence}")
}

fn of_bill(bill: Bill) -> Estimate {
    let (cost, unpriced) = match bill.cost {
        Ok(cost) => (Some(Cost { low: cost.low, expected: Some(cost.expected), high: cost.high }), None),
        Err(reason) => (None, Some(reason)),
    };
    let mut notes = bill.notes;
    notes.extend(bill.run.map(|(run, at_limit)| run.note(at_limit)));
    Estimate {
        input: Some(bill.input),
        output: bill.output,
        cost,
        price: bill.price,
        turns: bill.run.map(turns),
        history: None,
        status: bill.status,
        unpriced,
        notes,
    }
}

fn turns((run, at_limit): (Run, Option<Money>)) -> Turns {
    Turns { expected: run.expected, limit: run.limit, at_limit }
}

/// One model is what is expected; the others only widen the bounds.
fn of_default(call: &Call, name: &str, others: &[String], means: Means<'_>) -> Estimate {
    let mut estimate = of_bill(Bill::of_model(call, name, means));
    let Some(cost) = estimate.cost.as_mut() else { return estimate };
    if others.is_empty() {
        return estimate;
    }
    let bills: Result<Vec<Amounts>, String> =
        others.iter().map(|other| Bill::of_model(call, other, means).cost).collect();
    let names = listed(others, "or");
    match bills {
        Ok(bills) => {
            cost.low = bills.iter().map(|bill| bill.low).fold(cost.low, Ord::min);
            cost.high = bills.iter().map(|bill| bill.high).fold(cost.high, greater);
            estimate.notes.push(format!("the model may also be {names}: the bounds are over all of them"));
        }
        Err(reason) => {
            estimate
                .notes
                .push(format!("the model may also be {names}: the bounds are those of `{name}` alone, as {reason}"));
        }
    }
    estimate
}

/// None is the default: bounds over all, and an expected cost only when all cost the same.
fn of_several(bills: Vec<Bill>, names: &[impl ToString]) -> Estimate {
    let mut notes: Vec<String> = bills.iter().flat_map(|bill| bill.notes.clone()).collect();
    // All have the same turns; what those of the limit cost is that of no one model.
    let run = bills.first().and_then(|bill| bill.run).map(|(run, _)| (run, None));
    notes.extend(run.map(|(run, _)| run.note(None)));
    let mut prices = bills.iter().map(|bill| &bill.price);
    let price = prices.next().filter(|first| prices.all(|price| price == *first)).cloned().flatten();
    let input = bills.iter().map(|bill| bill.input.clone()).reduce(|one, other| InputTokens {
        total: either(one.total, other.total),
        fixed: either(one.fixed, other.fixed),
        holes: one.holes,
    });
    let output = bills.iter().map(|bill| bill.output).reduce(|one, other| Some(either(one?, other?))).flatten();
    let cost = bills.into_iter().map(|bill| bill.cost).collect::<Result<Vec<Amounts>, String>>();
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let (cost, unpriced) = match cost {
        Ok(amounts) => {
            let expected = amounts.first().map(|first| first.expected);
            let expected = expected.filter(|expected| amounts.iter().all(|amounts| amounts.expected == *expected));
            let unpriced = expected.is_none().then(|| format!("the model is one of {}", listed(&names, "or")));
            (over(&amounts).map(|(low, high)| Cost { low, expected, high }), unpriced)
        }
        Err(reason) => (None, Some(format!("the model is one of {}, and {reason}", listed(&names, "or")))),
    };
    Estimate { input, output, cost, price, turns: run.map(turns), history: None, status: None, unpriced, notes }
}

fn over(amounts: &[Amounts]) -> Option<(Money, Option<Money>)> {
    let low = amounts.iter().map(|amounts| amounts.low).min()?;
    let high = amounts.iter().map(|amounts| amounts.high).reduce(greater)?;
    Some((low, high))
}

/// The greater bound; no bound is greater than any.
fn greater<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    Some(one?.max(other?))
}

/// One count or the other: bounds over both, and the greater one is expected.
fn either(one: Count, other: Count) -> Count {
    Count::new(
        one.low.min(other.low),
        one.expected.max(other.expected),
        greater(one.high, other.high),
        one.method.weakest(other.method),
    )
}

fn listed(names: &[String], word: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} {word} {last}", others.join(", ")),
        _ => names.concat(),
    }
}
