//! The command `netcause`.

use std::process::ExitCode;

fn main() -> ExitCode {
    netcause_cli::run(std::env::args_os())
}
