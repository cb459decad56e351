//! What is wrong with a call: a module per finding, each of which is a pure function of a priced call.
//!
//! [`check`] asks all of them for the calls of one file and leaves out what comments or settings turn off. Nothing here reads a
//! file or the clock; spans are bytes of the file's text (of a notebook: of the joined text of its cells).

mod check;
mod code;
mod finding;

pub use check::{Context, check};
pub use code::Code;
pub use finding::{Finding, Related, Settings, Severity};
