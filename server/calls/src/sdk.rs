//! SDKs as data: what makes an object of a kind, and what is a request.
//!
//! `queries/sdks/README.md` documents the format, `model` is what remains of it after [`parse`].

mod descriptions;
pub(crate) mod language;
mod model;
mod parse;
mod providers;
mod raw;

pub use descriptions::{BUILTIN, Descriptions};
pub(crate) use language::Separator;
pub use model::*;
pub(crate) use parse::place_of;
pub use parse::{SdkError, parse, parse_settings};
pub use providers::{Providers, fold, host_and_port};
pub(crate) use raw::{List, RawFrom, Text};
