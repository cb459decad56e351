//! The program, built for the tests of this package: Cargo tells an integration test only where the programs of its own package are.

use std::process::ExitCode;

fn main() -> ExitCode {
    lensai::cli::main()
}
