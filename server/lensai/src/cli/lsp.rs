//! `lensai lsp`: the language server on the streams of the process.

use std::process::ExitCode;

use tracing::level_filters::LevelFilter;

use super::Exit;
use super::args::{LogLevel, LspArgs};
use super::console::Console;
use crate::lsp::{self, Options};

pub(super) fn run(args: &LspArgs, console: &Console) -> ExitCode {
    let options =
        Options { log_file: args.log_file.clone(), log_level: args.log_level.map(level), ..Options::default() };
    match lsp::run(&options) {
        Ok(code) => code,
        Err(error) => {
            console.error(&format!("{error:#}"));
            Exit::Refused.into()
        }
    }
}

fn level(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}
