//! The command `netcause`, and the parts of it that others use, too.

use std::ffi::OsString;
use std::process::ExitCode;

#[cfg(feature = "check")]
mod check;
mod cli;
#[cfg(feature = "demo")]
mod demo;
pub mod enrich;
mod explain;
#[cfg(feature = "demo")]
pub mod peers;
#[cfg(feature = "probe")]
mod probe;
mod report;

/// Runs the command with these arguments, the first being its own name.
///
/// Exit codes are those that `--help` states: 0 done, 1 failed, 2 not understood.
///
/// # Example: the version
///
/// ```
/// use std::process::ExitCode;
///
/// let code = netcause_cli::run(["netcause", "--version"].map(Into::into));
/// assert_eq!(code, ExitCode::SUCCESS);
/// ```
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    cli::run(arguments)
}
