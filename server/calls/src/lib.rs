//! SDK descriptions applied to values: which calls are requests to an LLM provider, with which model and prompt.

mod address;
mod ambient;
mod call;
mod carriers;
mod constant;
mod database;
mod db;
mod directive;
pub mod entry;
pub mod explain;
mod find;
mod history;
mod index;
mod leads;
mod maker;
mod model_ref;
mod object;
mod operation;
mod places;
mod prompt;
pub mod reach;
mod request;
pub mod sdk;
mod slots;
mod symbol;

pub use call::{
    ArgumentStyle, Call, Constant, ModelOrigin, ModelRef, NewArgument, OutputLimit, Places, TurnLimit, module_name,
};
pub use carriers::{Carried, Known, Through, candidates, carried};
pub use constant::constant_in;
pub use database::{Candidates, Database, Listener, Texts, WorkDone};
pub use db::{Chance, Db, Knowledge};
pub use directive::{Directive, directives};
pub use entry::{Entry, EntryKind, entries, entries_of};
pub use find::{calls, remembered_calls};
pub use history::History;
pub use index::Index;
pub use leads::leads;
pub use prompt::{Definition, Media, MediaKind, Message, Prompt, PromptPart, StaticText};
pub use sdk::Operation;
