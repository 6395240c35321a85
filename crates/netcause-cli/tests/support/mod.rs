//! Runs the built command.

#![allow(dead_code, reason = "each test program uses a part")]
#![allow(clippy::expect_used, reason = "a test that cannot run has failed")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

/// One record, as a JSON object.
pub(crate) type Record = Map<String, Value>;

/// One demonstration at a time: the port that it would like is one.
static DEMO: Mutex<()> = Mutex::new(());

pub(crate) fn alone() -> MutexGuard<'static, ()> {
    DEMO.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The command with these arguments and no settings of the environment but these.
pub(crate) fn netcause(arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_netcause"));
    command.args(arguments).env_clear().envs(settings.iter().copied()).stdin(Stdio::null());
    command
}

pub(crate) fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    netcause(arguments, settings).output().expect("the command runs")
}

pub(crate) fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).expect("the output is UTF-8")
}

pub(crate) fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).expect("the output is UTF-8")
}

/// Each line as the JSON object that it has to be.
pub(crate) fn records(text: &str) -> Vec<Record> {
    text.lines().map(record).collect()
}

fn record(line: &str) -> Record {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
}

pub(crate) fn text<'a>(record: &'a Record, key: &str) -> &'a str {
    record.get(key).and_then(Value::as_str).unwrap_or("")
}

pub(crate) fn number(record: &Record, key: &str) -> Option<u64> {
    record.get(key).and_then(Value::as_u64)
}

/// A command whose output is read while it runs.
pub(crate) struct Running {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: ChildStderr,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let stdout = child.stdout.take().map(BufReader::new);
        let stderr = child.stderr.take().expect("standard error is a pipe");
        Running { child, stdout, stderr }
    }

    /// Reads up to the first record that is asked for.
    pub(crate) fn read_until(&mut self, wanted: impl Fn(&Record) -> bool) -> Record {
        let stdout = self.stdout.as_mut().expect("the output is open");
        let mut lines = stdout.lines().map(|line| record(&line.expect("a line of UTF-8")));
        lines.find(wanted).expect("the record comes before the end")
    }

    pub(crate) fn close_output(&mut self) {
        self.stdout = None;
    }

    pub(crate) fn interrupt(&self) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args(["-INT", &pid]).status().expect("kill runs");
        assert!(status.success());
    }

    /// Waits for the end; returns the exit code and what came on standard error.
    pub(crate) fn finish_within(mut self, limit: Duration) -> (Option<i32>, String) {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("the child can be waited for") {
                break status;
            }
            assert!(started.elapsed() < limit, "still running after {limit:?}");
            std::thread::sleep(Duration::from_millis(10));
        };
        let mut stderr = String::new();
        self.stderr.read_to_string(&mut stderr).expect("standard error is UTF-8");
        (status.code(), stderr)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails when it has ended, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
