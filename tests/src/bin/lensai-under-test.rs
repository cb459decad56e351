//! The program, built for the tests of this package: Cargo tells an integration test only where the programs of its own package are.
//!
//! `lensai-under-test faulty-lsp LOG` is its language server with a method that panics, `lensai/test/panic`, which no program has that
//! anybody gets.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use lensai::lsp::{Hooks, Options, run};

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().as_deref() == Some(OsStr::new("faulty-lsp")) {
        let hooks = Hooks { fault, before_file: || {}, patience: Duration::MAX };
        let options = Options { log_file: args.next().map(PathBuf::from), hooks: Some(hooks), ..Options::default() };
        return run(&options).unwrap_or(ExitCode::FAILURE);
    }
    lensai::cli::main()
}

/// As a fault of the program may: what it says holds what the user wrote.
#[expect(clippy::panic, reason = "it is what it is for")]
fn fault() {
    panic!("cannot understand sk-very-secret");
}
