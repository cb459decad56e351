//! The language server, over pipes in memory.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod client;
mod editors;
mod rules;
mod sync;
mod workspace;
