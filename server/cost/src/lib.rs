//! What a call takes and what it costs: tokens known from the code, tokens assumed, and the price of both.
//!
//! [`estimate`] is pure: a call, a catalogue, tokenizers, assumptions and a day in, an [`Estimate`] out. Every number is low,
//! expected and high. What is not known stays unknown and is named in a note:
//!
//! * **A text only known at run time** (a hole) has at least 0 tokens, most likely [`Assumptions::tokens_per_hole`], and no
//!   upper bound.
//! * **An answer** has at least 0 tokens, most likely [`Assumptions::output_tokens`] within its limit, and at most the limit
//!   that the code sets, else the model's own, else no known bound.
//! * **An agent** sends one request at least, most likely [`Assumptions::agent_turns`] within its limit, and at most as many as its limit
//!   says. Each turn sends what the first one did and all that was said since: the answers, and for each of them a text of a tool of
//!   which nothing is known. So there is no upper bound of what is sent; what all turns of the limit cost is said beside it.
//! * **A conversation whose messages grow** is an estimate of one turn, the first; beside it stands what the turns that the code says,
//!   else [`Assumptions::history_turns`], come to: each sends the answer of the one before it, and what is added with that.
//! * **A comment beside the call** (`# lensai: input=1200 output=300`) takes the place of what is assumed, as far as the limits
//!   and the known text allow it; it is an assumption too.
//! * **A model that is not known** has no price. Its tokens are still counted, as an assumption.
//! * **One of several models** without a default has bounds over all of them, and no expected cost: choosing one would be
//!   inventing a default. With a default, that is what is expected, and the bounds are still those of all. If one of them has no
//!   price, there are no bounds over all: without a default there is no cost, with one it is the default's alone; a note says so.
//! * **A price that lacks a part that is needed** (a rate for the output, say) is no price: there is no cost.
//!
//! Amounts are exact; rounding is the views' part.

mod bill;
mod combine;
mod estimate;
mod figures;
mod history;
mod measure;
mod reach;
mod turns;

pub use bill::{provider, rate_text};
pub use combine::estimate;
pub use estimate::{
    Assumptions, Cost, Estimate, HistoryCost, InputTokens, PriceUsed, PricedCall, PricedFunction, PricedPart,
    PricedWrapper, Turns, TurnsCost,
};
pub use figures::{about, grouped, short_count};
pub use reach::Sum;
