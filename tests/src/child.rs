//! A test's body in a process of its own, for what is global to a process.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::lines::Line;

/// Set in the child. Not a name with our prefix: those are configuration.
const FLAG: &str = "CHILD_OF_A_TEST";

/// How the child ends when the body has returned; a child that found no test ends with 0.
const DONE: i32 = 17;

/// Longer than any body takes; a child that is still there then is deadlocked.
const LONGEST: Duration = Duration::from_secs(120);

/// What a child printed.
#[derive(Debug)]
pub struct Finished {
    /// Standard output; the harness adds a line of its own.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Finished {
    /// The JSON lines on standard output.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        json_lines(&self.stdout)
    }

    /// The JSON lines on standard error.
    #[must_use]
    pub fn error_lines(&self) -> Vec<Line> {
        json_lines(&self.stderr)
    }

    /// The lines on standard error that begin with `netcause: `.
    #[must_use]
    pub fn said(&self) -> Vec<&str> {
        self.stderr.lines().filter_map(|line| line.strip_prefix("netcause: ")).collect()
    }
}

fn json_lines(output: &str) -> Vec<Line> {
    output.lines().filter(|line| line.starts_with('{')).map(Line::parse).collect()
}

/// Runs the body in a process of its own; it is the only one there.
///
/// Must be the whole of a `#[test]`: the child is this executable, told to run just that
/// test. In the child the call runs the body and never returns.
///
/// # Panics
///
/// With the child's output, when the body panics, crashes or does not end.
pub fn alone(body: impl FnOnce()) -> Finished {
    with_variables(&[], body)
}

/// As [`alone`], with variables in the child's environment.
///
/// # Panics
///
/// As [`alone`].
pub fn with_variables<F: FnOnce()>(variables: &[(&str, &str)], body: F) -> Finished {
    if is_one() {
        body();
        std::process::exit(DONE);
    }
    let test = test_around::<F>();
    let mut child = command(test, variables).spawn().expect("this executable runs");
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let status = wait(&mut child);
    let finished = Finished { stdout: text(stdout), stderr: text(stderr) };
    let code = status.and_then(|status| status.code());
    assert_eq!(
        code,
        Some(DONE),
        "{test} ended with {status:?}\n{}\n{}",
        finished.stdout,
        finished.stderr
    );
    finished
}

/// Whether this process is the child of a test.
#[must_use]
pub fn is_one() -> bool {
    std::env::var_os(FLAG).is_some()
}

/// The harness's name of the test that a closure stands in.
fn test_around<F>() -> &'static str {
    let path = std::any::type_name::<F>();
    let path = path.split("::{{closure}}").next().unwrap_or(path);
    path.split_once("::").map_or(path, |(_, test)| test)
}

fn command(test: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the executable has a path"));
    // One thread would print the test's name before the first line.
    command.args([test, "--exact", "--nocapture", "--test-threads=2"]);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["RUST_LOG", "NETCAUSE_", "OTEL_", "NO_COLOR"].iter().any(|ours| text.starts_with(ours))
        {
            command.env_remove(&name);
        }
    }
    command.envs(variables.iter().copied()).env(FLAG, "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn collect(output: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = output.map(|mut output| output.read_to_end(&mut bytes));
        bytes
    })
}

fn text(collected: JoinHandle<Vec<u8>>) -> String {
    String::from_utf8_lossy(&collected.join().unwrap_or_default()).into_owned()
}

/// The child's status; none when it had to be killed.
fn wait(child: &mut Child) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < LONGEST {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// Memory of this process that is in use, in bytes (`VmRSS` of proc(5)).
///
/// # Panics
///
/// Where there is no `/proc`.
#[must_use]
pub fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has /proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a VmRSS line");
    let kibibytes = line.trim().trim_end_matches(" kB").trim();
    kibibytes.parse::<u64>().expect("a number") * 1024
}
