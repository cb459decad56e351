//! What an estimate says.

use std::sync::Arc;

use lensai_calls::Call;
use lensai_models::{Date, Money, Status};
use lensai_text::Span;
use lensai_tokens::Count;

use crate::reach::Sum;

/// What a call is estimated to take and to cost, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// Tokens sent; none where what is sent is not text (`transcription`).
    pub input: Option<InputTokens>,
    /// Tokens of all answers together, exactly none for an operation that answers with no text (`embeddings`); not known
    /// where the answer is not paid by its text (`image`, `speech`, `transcription`).
    pub output: Option<Count>,
    /// What that costs; none when a model, a price or a part of a price is not known.
    pub cost: Option<Cost>,
    /// The rates used, when they are those of one model.
    pub price: Option<PriceUsed>,
    /// The turns that it is taken to have; none where it is one request.
    pub turns: Option<Turns>,
    /// What a conversation comes to whose messages grow with each turn; none where they are not known to.
    pub history: Option<HistoryCost>,
    /// Where the model stands in its life, when it is one that the catalogue knows.
    pub status: Option<Status>,
    /// Why there is no expected cost. It is also one of the notes.
    pub unpriced: Option<String>,
    /// What a reader must know about the numbers: sentences without a full stop.
    pub notes: Vec<String>,
}

/// The turns of a call that sends several requests one after the other, each with all that was said before: tokens and cost of the
/// estimate are those of one turn at least, and of all that are expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// So many are expected.
    pub expected: u64,
    /// There are no more, when something limits them.
    pub limit: Option<u64>,
    /// US dollars when all of the limit are taken, with what is expected of each; none without a limit or a price. No upper bound:
    /// what tools answer may be of any length.
    pub at_limit: Option<Money>,
}

/// What a conversation comes to whose messages grow with each turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryCost {
    /// So many turns are reckoned with; more than one.
    pub turns: u64,
    /// That is an assumption, and not said by the code.
    pub is_assumed: bool,
    /// Tokens sent with the first turn.
    pub first_input: u64,
    /// Tokens sent with the last.
    pub last_input: u64,
    /// US dollars; none without a price.
    pub cost: Option<TurnsCost>,
}

/// What turns cost, in US dollars, with what is expected of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TurnsCost {
    /// The first.
    pub first: Money,
    /// The last.
    pub last: Money,
    /// All together.
    pub total: Money,
}

/// A call with its estimate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedCall {
    /// The call.
    pub call: Call,
    /// What it takes and costs.
    pub estimate: Arc<Estimate>,
}

/// A function that leads to requests, with what they cost together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedFunction {
    /// The function with its decorators, or what registers it; absolute in the text.
    pub span: Span,
    /// The entries that it handles, by name: `POST /api/chat`.
    pub entries: Vec<String>,
    /// What it costs each time that it is called.
    pub sum: Sum,
}

/// A call of a function of the project that leads to requests, with what they cost together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedWrapper {
    /// The call, absolute in the text.
    pub span: Span,
    /// It stands in a loop of the function around it.
    pub in_loop: bool,
    /// What it costs each time.
    pub sum: Sum,
    /// The requests that it leads to, in order.
    pub parts: Vec<PricedPart>,
}

/// A request that a call of a function leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedPart {
    /// The file in which it stands, relative to the workspace.
    pub path: String,
    /// The request, with what it is given on the way.
    pub call: Arc<Call>,
    /// How often it is sent; none when nothing says it.
    pub times: Option<u64>,
    /// What it takes and costs, once.
    pub estimate: Arc<Estimate>,
}

/// Tokens sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputTokens {
    /// What is known and what is assumed, together.
    pub total: Count,
    /// What is known from the code, with what the vendor adds around it.
    pub fixed: Count,
    /// What is only known at run time, by its name in the code; without duplicates, in order.
    pub holes: Vec<String>,
}

/// US dollars for one call, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Not less than this.
    pub low: Money,
    /// Most likely; not known when the model is one of several without a default.
    pub expected: Option<Money>,
    /// Not more than this, when there is such a bound.
    pub high: Option<Money>,
}

/// Rates that a cost rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceUsed {
    /// US dollars for a million input tokens.
    pub input_per_mtok: Option<String>,
    /// US dollars for a million output tokens.
    pub output_per_mtok: Option<String>,
    /// The layer of the catalogue: `builtin`, ….
    pub source: String,
    /// The day for which the catalogue stands.
    pub as_of: Date,
}

/// What is taken for numbers that the code does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assumptions {
    /// Tokens of each text that is only known at run time.
    pub tokens_per_hole: u64,
    /// Tokens of an answer, as far as its limit allows.
    pub output_tokens: u64,
    /// Turns of an agent's run, as far as its limit allows; at least one.
    pub agent_turns: u64,
    /// Turns of a conversation whose messages grow, where the code does not say how many there are; at least one.
    pub history_turns: u64,
}

impl Default for Assumptions {
    fn default() -> Self {
        Self { tokens_per_hole: 200, output_tokens: 300, agent_turns: 3, history_turns: 10 }
    }
}
