//! The command line: what can be asked of the command.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
#[cfg(feature = "probe")]
use std::time::Duration;

#[cfg(feature = "probe")]
use clap::Args;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

#[cfg(feature = "check")]
use crate::check;
#[cfg(feature = "demo")]
use crate::demo;
#[cfg(feature = "probe")]
use crate::probe;
use crate::{enrich, explain, report};

/// The exit code for a command line, or a variable, that is not understood.
pub(crate) const USAGE: u8 = 2;

const EXAMPLES: &str = "\
Examples:
  kubectl logs -f deploy/shop | netcause enrich --only-faults --format pretty
                                       what fails, as it happens, whatever language it is in
  netcause explain 'dial tcp 10.3.7.19:5432: i/o timeout'
                                       what that means, and what to check next
  netcause probe db.internal:5432      whether it can be reached from here, and if not, why
  netcause check                       what the environment sets up, and whether it works
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

#[cfg(feature = "demo")]
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

const ENRICH_EXAMPLES: &str = "\
Examples:
  ./service 2>&1 | netcause enrich | collector
                           in front of any collector, for programs in any language
  tail -F app.log | netcause enrich --only-faults --format pretty
                           what fails, as it happens, for people
  netcause enrich --only-faults a.log b.log | jq -r '.\"server.address\"' | sort | uniq -c
                           which peers failed, and how often
  netcause enrich app.log.*.gz
                           also what is compressed; `-` is standard input, as is no file at all
  export OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 OTEL_SERVICE_NAME=shop
  ./shop 2>&1 | netcause enrich --format otlp
                           log records for a collector; if it is slow or away, ./shop waits

Each input line becomes one JSON object, in order.
A JSON record keeps its fields; any other line becomes `message`, unchanged.
`timestamp` and `severity` are added where the line has them; a time without an offset is
taken as UTC.
A line that reports a failure of the network or of a dependency gets the fields of `fault.*`,
`server.*`, `error.*` and `retry.*`; one that has `fault.category` already passes unchanged.

Environment:
  NETCAUSE_REDACT        further keys whose values are secrets, separated by commas
  NETCAUSE_LIMIT_RECORD  bytes of one output line (16000); more is cut, and says so
  NETCAUSE_LIMIT_FIELD   bytes of one text field (8192)
  NO_COLOR               set to anything: no colours
  and, for --format otlp:
  OTEL_EXPORTER_OTLP_ENDPOINT, _PROTOCOL, _HEADERS, _TIMEOUT, _COMPRESSION, _CERTIFICATE,
  _CLIENT_CERTIFICATE, _CLIENT_KEY, _INSECURE, each also with LOGS_ before its end
                         where log records go, and how (http://localhost:4318)
  OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES
                         what the lines are of
  OTEL_BLRP_*, OTEL_ATTRIBUTE_*, OTEL_LOGRECORD_*
                         batches, and the limits of attributes
  NETCAUSE_BUFFER        bytes that wait for the collector (16 MiB)
  NETCAUSE_ON_FULL       when no more fit: block (the input waits), drop_newest, drop_oldest

With --format otlp the end of the input, Ctrl-C and SIGTERM let what was read arrive first:
up to 30 s without any progress, after a signal 8 s in all. A second signal ends it at once.

Exit codes:
  0    done, or nobody reads the output any more; with --format otlp, all has arrived
  1    an input could not be read, the output not be written, or a record not be delivered
  2    the command line, or a variable, was not understood
  130  --format otlp: Ctrl-C ended it before the end of the input; what was read has arrived
  143  the same by SIGTERM";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  netcause explain 'dial tcp 10.3.7.19:5432: connect: connection refused'
  journalctl -u shop -n 50 | netcause explain -
                           the first line that reports a failure
  netcause explain --json 'curl: (6) Could not resolve host: api.exmaple'

The commands that it names only look; host and port are those of the line.
A line that names no host gets commands that ask this machine.

Exit codes:
  0  the line reports a failure, and here is what it means
  1  it reports none, or could not be read
  2  the command line, or a variable, was not understood";

#[cfg(feature = "probe")]
const PROBE_EXAMPLES: &str = "\
Examples:
  netcause probe db.internal:5432
                           lookup, then TCP to each address
  netcause probe api.example:443
                           TLS, too: the certificate, who issued it, how many days are left
  netcause probe api.example:443 --http /health
                           and a GET: status, Retry-After, time
  netcause probe https://api.example/health
                           the same; URLs of databases and brokers are understood as well
  netcause probe 10.3.7.19:443 --server-name api.example
                           one server behind a balancer, under the name that it serves
  netcause probe db.internal:5432 --json | jq '.\"fault.cause\"'
  until netcause probe db.internal:5432 --timeout 1s >/dev/null; do sleep 1; done

An ordinary user can run all of it.
Where nothing answers, the way there is traced with packets of TCP to that very port.
Nothing is sent but what opens a connection, the TLS handshake and, with a path, one GET.
TLS is spoken with --tls, for https:// and its like, and on port 443 unless --plain is given;
roots are those of the system, or of the file that SSL_CERT_FILE names.

Environment:
  NO_COLOR        set to anything: no colours
  SSL_CERT_FILE   a file of root certificates to trust instead of the system's

Exit codes:
  0  reachable: every step did what it should
  1  not: the report says which step failed, and why
  2  the command line, or a variable, was not understood";

#[cfg(feature = "check")]
const CHECK_EXAMPLES: &str = "\
Examples:
  netcause check
                           in the environment of a service: what is set, and what is not
  OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 netcause check
                           whether a collector takes logs and traces from here

Each endpoint gets one request without records.

Exit codes:
  0  all is well
  1  an endpoint does not take what would be sent to it
  2  the command line, or a variable, was not understood";

const REPORT_EXAMPLES: &str = "\
Examples:
  netcause report app.log.*.gz app.log
  journalctl -u shop --since today | netcause report

Lines of all formats count, enriched before or not; memory does not grow with them.
A time without an offset is taken as UTC.

Exit codes:
  0  the report was printed
  1  a file could not be read, or the report not be written; the other files were read
  2  the command line, or a variable, was not understood";

/// Log lines that say what broke, where and why.
#[derive(Debug, Parser)]
#[command(name = "netcause", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what broke in the log lines of any program
    ///
    /// Reads lines - JSON, logfmt, klog, log4j, Python, Go, Rails, .NET, nginx, Envoy, HAProxy,
    /// syslog, CRI, Docker, journald or plain text - and writes one JSON object for each.
    #[command(after_help = ENRICH_EXAMPLES, verbatim_doc_comment)]
    Enrich {
        /// Write only the lines that report a failure
        #[arg(long)]
        only_faults: bool,
        /// Wait for more at the end of the one FILE, also when another takes its place
        #[arg(long)]
        follow: bool,
        /// The form of the output
        #[arg(long, value_name = "FORM", default_value = "json")]
        format: EnrichFormat,
        /// Files to read, also by gzip or zstd; `-` for standard input
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Explain a log line: what happened, where, why, and what to check next
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain {
        /// The line, or `-` to read lines from standard input
        #[arg(value_name = "LINE", allow_hyphen_values = true)]
        line: String,
        /// Print one JSON object, as `netcause enrich` does
        #[arg(long)]
        json: bool,
    },
    #[cfg(feature = "probe")]
    /// Try to reach a peer, step by step, and say why it cannot be reached
    ///
    /// Looks the name up, connects to each address, shakes hands by TLS and makes a request,
    /// as far as wanted; then says what it means, the likely cause, and what to check next.
    #[command(after_help = PROBE_EXAMPLES, verbatim_doc_comment)]
    Probe(Probe),
    #[cfg(feature = "check")]
    /// Print what the environment sets up, and try the collector
    #[command(after_help = CHECK_EXAMPLES)]
    Check,
    /// Tell from logs what broke, where, since when, and whom it hurt
    #[command(after_help = REPORT_EXAMPLES)]
    Report {
        /// Files to read, also by gzip or zstd; `-` for standard input
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Refused: this version writes no HTML
        #[arg(long, value_name = "FILE", hide = true)]
        html: Option<PathBuf>,
    },
    #[cfg(feature = "demo")]
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
    /// Print the manual page, in the form that `man -l -` reads
    Man {
        /// Of one command
        command: Option<String>,
    },
    /// Print a script that completes the command line in a shell
    Completions {
        /// The shell
        shell: CompletionShell,
    },
}

#[cfg(feature = "probe")]
#[derive(Debug, Args)]
struct Probe {
    /// Whom to reach; also [ADDRESS]:PORT, or a URL
    #[arg(value_name = "HOST:PORT")]
    target: probe::Target,
    /// Shake hands by TLS
    #[arg(long)]
    tls: bool,
    /// Do without TLS, also on port 443
    #[arg(long, conflicts_with = "tls")]
    plain: bool,
    /// Ask for this path by HTTP
    #[arg(long, value_name = "PATH", value_parser = probe::path)]
    http: Option<String>,
    /// The name to tell the server, and to want a certificate for, instead of HOST
    #[arg(long, value_name = "NAME", value_parser = probe::name)]
    server_name: Option<String>,
    /// How long each step may take: 500ms, 5s, 1m
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = probe::time)]
    timeout: Duration,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[cfg(feature = "probe")]
impl From<Probe> for probe::Options {
    fn from(asked: Probe) -> Self {
        let Probe { target, tls, plain, http, server_name, timeout, json } = asked;
        probe::Options { target, tls, plain, path: http, server_name, limit: timeout, json }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EnrichFormat {
    /// One JSON object a line
    Json,
    /// For people
    Pretty,
    /// Log records for a collector, by OpenTelemetry's variables
    Otlp,
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
        Ok(CommandLine { command }) => execute(command),
        Err(answer) => show(&answer),
    }
}

fn execute(command: Command) -> ExitCode {
    match command {
        Command::Enrich { follow: true, files, .. } if files.len() != 1 || is_stdin(&files) => {
            not_understood(
                "--follow takes one file; for several: tail -F FILE... | netcause enrich",
            )
        }
        Command::Enrich { only_faults, follow, format, files } => {
            let output = match format {
                EnrichFormat::Json => enrich::Output::Json,
                EnrichFormat::Pretty => enrich::Output::Pretty,
                EnrichFormat::Otlp => enrich::Output::Otlp,
            };
            enrich::run(&enrich::Options { files, only_faults, output, follow })
        }
        #[cfg(feature = "probe")]
        Command::Probe(asked) => probe::run(&asked.into()),
        #[cfg(feature = "check")]
        Command::Check => check::run(),
        Command::Report { html: Some(_), .. } => {
            not_understood("--html: this version writes its report for terminals only")
        }
        Command::Report { files, html: None } => report::run(&files),
        Command::Man { command } => man(command.as_deref()),
        Command::Explain { line, json } => explain::run(&line, json),
        #[cfg(feature = "demo")]
        Command::Demo { repeat } => demo::run(repeat),
        Command::Completions { shell } => completions(shell.into()),
    }
}

fn is_stdin(files: &[PathBuf]) -> bool {
    files.first().is_some_and(|file| file.as_os_str() == "-")
}

/// The manual page of the command, or of one of its commands.
fn man(name: Option<&str>) -> ExitCode {
    let mut command = CommandLine::command();
    command.build();
    let found = match name {
        Some(name) => command.find_subcommand(name).cloned(),
        None => Some(command),
    };
    let Some(found) = found else { return not_understood("man: there is no such command") };
    let mut page = Vec::new();
    // Writing to memory cannot fail.
    let _ = clap_mangen::Man::new(found).render(&mut page);
    match io::stdout().lock().write_all(&page) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => failed("write the page", &error),
        _ => ExitCode::SUCCESS,
    }
}

/// Refuses what cannot be done, and says why.
pub(crate) fn not_understood(what: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "netcause: {what}");
    ExitCode::from(USAGE)
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
