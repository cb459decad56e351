//! The command line: arguments in, results on stdout, everything else on stderr.

mod args;
mod console;
mod explain;
mod lsp;
mod prices;
mod progress;
mod scan;
mod schema;
mod settings;
mod tokens;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Command};
use console::Console;

/// How a run ends. The numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// All is well.
    Fine = 0,
    /// Usage, configuration or input that cannot be read as asked.
    Refused = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    // Prints help and faults of usage itself; a fault ends with 2.
    let arguments = Arguments::parse();
    let console = Console::new(&arguments.global);
    let result = match &arguments.command {
        Command::Lsp(options) => return lsp::run(options, &console),
        Command::Scan(options) => scan::run(options, &arguments.global, &console),
        Command::Explain(options) => explain::run(options, &arguments.global, &console),
        Command::Tokens(options) => tokens::run(options),
        Command::Prices(options) => prices::run(&options.command, &console),
        Command::Schema(options) => schema::run(options.of),
    };
    match result {
        Ok(exit) => exit.into(),
        // Whoever read the results has gone: there is nobody left to tell.
        Err(error) if console::is_closed_pipe(&error) => Exit::Fine.into(),
        Err(error) => {
            console.error(&format!("{error:#}"));
            Exit::Refused.into()
        }
    }
}
