//! The command, for tests that run it in places of their own.

use std::process::ExitCode;

fn main() -> ExitCode {
    netcause_cli::run(std::env::args_os())
}
