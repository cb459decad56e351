//! What a conversation comes to whose messages grow with each turn.

use lensai_calls::{Call, PromptPart};
use lensai_models::{Price, When};
use lensai_tokens::TokenCounter;

use crate::bill::{Means, provider};
use crate::estimate::{Estimate, HistoryCost, TurnsCost};
use crate::measure;
use crate::turns::{MAX_TURNS, Run, Series};

/// What the turns of a conversation take and cost; `estimate` is that of the first.
pub(crate) fn cost(call: &Call, estimate: &Estimate, means: Means<'_>) -> Option<HistoryCost> {
    let history = call.history.as_ref()?;
    let assumptions = means.assumptions;
    let turns = history.turns.unwrap_or(assumptions.history_turns);
    if turns < 2 {
        return None;
    }
    let name = call.model.name.as_deref().or(match call.model.candidates.as_slice() {
        [only] => Some(only.as_str()),
        _ => None,
    });
    let found = name.and_then(|name| means.catalogue.lookup(provider(call), name).ok());
    let limit = found.as_ref().and_then(|found| found.limits().max_output);
    let price = found.and_then(|found| found.price(&When::on(means.date)).ok());
    // Without an expected cost of one turn there is none of several.
    let price = price.filter(|_| estimate.cost.is_some_and(|cost| cost.expected.is_some()));

    let sent = measure::input(call, name.unwrap_or_default(), means.tokenizers, assumptions).total;
    let answer = measure::output(call, limit, assumptions);
    let output = answer?.expected;
    let counter = means.tokenizers.for_model(name.unwrap_or_default());
    let beside = history.beside.iter().flat_map(|message| &message.parts).map(|part| match part {
        PromptPart::Text(text) => counter.count(&text.text).expected,
        PromptPart::Hole(_) | PromptPart::Media(_) => assumptions.tokens_per_hole,
    });
    let series = Series { first: sent.expected, growth: output.saturating_add(beside.sum()), output };
    // Each turn of a conversation with an agent is a run of its own.
    let run = Run::of(call, sent, answer, assumptions);
    let cost_of = |turn: u64, price: &Price| match run.and_then(|run| Some((run.series?, run.expected))) {
        Some((own, expected)) => Series { first: series.input_of(turn), ..own }.cost(expected, price),
        None => series.cost_of(turn, price),
    };
    let cost = price.filter(|_| turns <= MAX_TURNS).and_then(|price| {
        let total = (1..=turns).map(|turn| cost_of(turn, &price)).sum::<Option<_>>()?;
        Some(TurnsCost { first: cost_of(1, &price)?, last: cost_of(turns, &price)?, total })
    });
    Some(HistoryCost {
        turns,
        is_assumed: history.turns.is_none(),
        first_input: series.first,
        last_input: series.input_of(turns),
        cost,
    })
}
