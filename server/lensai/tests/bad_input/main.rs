//! Input that nobody wrote on purpose, or somebody did. Each ends in the right calls or in an entry of `errors` that
//! names the file; never in a panic, a lost scan, a hang or a silent skip.
//!
//! In every scan here stands a good file beside the bad one, and its call must be found.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bytes;
mod cycles;
mod files;
mod notebooks;
mod size;
#[path = "../support/mod.rs"]
mod support;
mod syntax;
mod tree;
#[cfg(unix)]
mod unix;
