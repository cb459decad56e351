//! How many tokens a text is, and how sure that number is.
//!
//! ```
//! use lensai_tokens::{Method, TokenCounter, Tokenizers};
//!
//! let tokenizers = Tokenizers::new();
//! let count = tokenizers.for_model("gpt-4o").count("hello world");
//! assert_eq!((count.expected, count.method), (2, Method::Exact));
//! ```
//!
//! The public face is small:
//!
//! * [`Tokenizers`] owns the vocabularies, reads each on first use, and remembers counts; [`Tokenizers::for_model`] gives
//!   the [`Counter`] of a model, which is a [`TokenCounter`].
//! * [`Encoding`] says which vocabulary a model has; [`encoding_name`] is its name for people and JSON.
//! * [`Count`] is low / expected / high with the [`Method`] that it rests on.
//! * [`chat_overhead`] is what a vendor adds around the messages of a chat.
//!
//! `OpenAI` vocabularies up to gpt-5 are counted exactly. Every other family is the `o200k_base` count times a ratio that was
//! measured for that family and that kind of text (English, Markdown, Python, …), with the measured error as low and high.
//!
//! There is no IO, no global state and no panic here: any text has a count.

mod chunk;
mod count;
mod encoding;
mod kind;
mod overhead;
mod ratio;
mod tokenizers;

pub use count::{Count, Method};
pub use encoding::{Encoding, encoding_name};
pub use kind::Kind;
pub use overhead::chat_overhead;
pub use tokenizers::{Counter, TokenCounter, Tokenizers};
