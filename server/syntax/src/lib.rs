//! Grammars, parsing and lowering: a text becomes [`hir::Facts`], the one small form of both languages.
//!
//! Depends on `lensai-text` alone; no tree-sitter type leaves this crate.

mod builder;
pub mod generated;
pub mod hir;
mod language;
mod lower;
mod open_tree;
mod package;
mod parse;
pub mod skim;

pub use language::Language;
pub use open_tree::OpenTree;
pub use parse::{Limits, facts};
