//! The `lensai` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    lensai::cli::main()
}
