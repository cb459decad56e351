//! SDK descriptions applied to values: which calls are requests to an LLM provider, with which model and prompt.

mod ambient;
mod call;
mod database;
mod db;
mod find;
mod model_ref;
mod object;
mod prompt;
pub mod sdk;
mod symbol;

pub use call::{Call, Message, ModelOrigin, ModelRef, Prompt, PromptPart};
pub use database::{Database, Texts};
pub use db::{Db, Knowledge};
pub use find::{calls, item_calls};
pub use sdk::Operation;
