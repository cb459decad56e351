//! The language server, over pipes in memory.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod client;
mod editors;
mod features;
mod notebooks;
mod progress;
mod robust;
mod rules;
mod settings;
mod settling;
mod sync;
mod workspace;
