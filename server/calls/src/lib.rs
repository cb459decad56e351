//! SDK descriptions applied to values: which calls are requests to an LLM provider, with which model and prompt.

mod call;
pub mod sdk;

pub use call::{Call, Message, ModelOrigin, ModelRef, Prompt, PromptPart};
pub use sdk::Operation;
