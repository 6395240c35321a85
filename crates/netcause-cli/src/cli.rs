//! The command line: what can be asked of the command.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::demo;

/// The exit code for a command line, or a variable, that is not understood.
pub(crate) const USAGE: u8 = 2;

const EXAMPLES: &str = "\
Examples:
  netcause demo                        see what each kind of failure looks like
  NETCAUSE_FORMAT=json netcause demo   the same as JSON, one object a line
  RUST_LOG=error netcause demo         only what failed for good; still with host, port and try
  netcause completions bash > ~/.local/share/bash-completion/completions/netcause

Environment:
  NETCAUSE_FORMAT   auto, json, pretty or off (auto: pretty on a terminal, else json)
  NETCAUSE_OUTPUT   stdout, stderr or the path of a file
  RUST_LOG          which events are written (info)
  NO_COLOR          set to anything: no colours

Exit codes:
  0  done
  1  failed
  2  the command line, or a variable, was not understood";

const DEMO_EXAMPLES: &str = "\
Examples:
  netcause demo
  netcause demo | jq 'select(.\"fault.category\") | .\"fault.summary\"'
  netcause demo --loop | grep --line-buffered 'giving up'

Exit codes:
  0  all failures were shown, or --loop was ended with Ctrl-C, or nobody reads the output any more
  1  a failing peer could not be started, or a line not be written
  2  the command line, or a variable, was not understood
  130  ended with Ctrl-C before all was shown";

/// Log lines that say what broke, where and why.
#[derive(Debug, Parser)]
#[command(name = "netcause", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show real failures as netcause logs them
    ///
    /// A small checkout service makes real calls to peers on this machine's loopback interface:
    /// one refuses, one never answers, one has an expired certificate, and so on.
    /// Its log lines go to standard output.
    /// It needs no network and no privileges, and ends by itself within 20 seconds.
    #[command(after_help = DEMO_EXAMPLES, verbatim_doc_comment)]
    Demo {
        /// Start again from the beginning until Ctrl-C
        #[arg(long = "loop")]
        repeat: bool,
    },
    /// Print a script that completes the command line in a shell
    Completions {
        /// The shell
        shell: CompletionShell,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CompletionShell {
    Bash,
    Zsh,
    Fish,
}

impl From<CompletionShell> for Shell {
    fn from(shell: CompletionShell) -> Self {
        match shell {
            CompletionShell::Bash => Shell::Bash,
            CompletionShell::Zsh => Shell::Zsh,
            CompletionShell::Fish => Shell::Fish,
        }
    }
}

/// Runs the command with these arguments, the first being its own name.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match CommandLine::try_parse_from(arguments) {
        Ok(CommandLine { command: Command::Demo { repeat } }) => demo::run(repeat),
        Ok(CommandLine { command: Command::Completions { shell } }) => completions(shell.into()),
        Err(answer) => show(&answer),
    }
}

/// Prints help, version or what is wrong with the command line.
fn show(answer: &clap::Error) -> ExitCode {
    // Whoever closed the output does not want to read it.
    let _ = answer.print();
    if answer.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}

fn completions(shell: Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "netcause", &mut script);
    match io::stdout().lock().write_all(&script) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => failed("write the script", &error),
        _ => ExitCode::SUCCESS,
    }
}

/// Says on standard error what could not be done.
pub(crate) fn failed(what: &str, error: &dyn std::error::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "netcause: could not {what}: {error}");
    ExitCode::FAILURE
}
