//! What is wrong with a call: a module per finding, each of which is a pure function of a priced call.
//!
//! [`check`] asks all of them for the calls of one file and leaves out what comments or settings turn off. Nothing here reads a
//! file or the clock; spans are bytes of the file's text (of a notebook: of the joined text of its cells).

mod call_in_loop;
mod check;
mod code;
mod context_overflow;
mod deprecated_model;
mod finding;
mod growing_history;
mod invalid_directive;
mod output_above_limit;
mod retired_model;
mod unbounded_output;
mod unknown_model;
mod unpriced_model;

pub use check::{Context, check};
pub use code::Code;
pub use finding::{Finding, Related, Settings, Severity};
