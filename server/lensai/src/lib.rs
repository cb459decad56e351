//! The program as a library: the engine, the reports on what it found, and the command line over both.

pub mod cli;
pub mod engine;
pub mod lsp;
pub mod report;
