//! [`probe`]: whether a receiver takes requests, tried once.

use std::fmt;
use std::time::{Duration, Instant};

use netcause_fault::Fault;
use netcause_record::Reentry;

use crate::ship::answer::Answer;
use crate::ship::failure::write_sentence;
use crate::ship::target::Signal;
use crate::{Error, ErrorKind, OtlpConfig, ship};

/// What came of one request to a receiver.
///
/// ```
/// use netcause_otlp::{OtlpConfig, probe};
///
/// let config = OtlpConfig { endpoint: "http://127.0.0.1:1/v1/logs".to_owned(), ..OtlpConfig::default() };
/// let refused = probe(&config, false)?.failure.expect("nobody listens there");
/// assert_eq!(refused.fault.category.as_str(), "connect_refused");
/// # Ok::<(), netcause_otlp::Error>(())
/// ```
#[derive(Debug)]
pub struct Probed {
    /// How long it took.
    pub elapsed: Duration,
    /// Why the receiver did not take it, if it did not.
    pub failure: Option<ProbeFailure>,
}

/// Why a receiver did not take a request. As a text, it is one sentence for people.
#[derive(Debug)]
pub struct ProbeFailure {
    /// What broke, where and why.
    pub fault: Fault<'static>,
    /// What the error, or the receiver, said, if anything.
    pub text: String,
    /// What to check, where OTLP knows more than the fault.
    pub advice: Option<String>,
}

impl fmt::Display for ProbeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_sentence(&self.fault, &self.text, self.advice.as_deref(), f)
    }
}

/// Sends one request without records, of traces or of logs, and waits for what comes of it.
///
/// # Errors
///
/// As [`LogExporter::start`](crate::LogExporter::start).
pub fn probe(config: &OtlpConfig, is_traces: bool) -> Result<Probed, Error> {
    let signal = if is_traces { Signal::Traces } else { Signal::Logs };
    let mut client = ship::client(config, signal)?;
    let body = ship::body(Vec::new(), &client.target);
    let failed = |error: std::io::Error| Error::new(ErrorKind::Thread, error.to_string());
    // In a thread of its own: the caller's may be within a runtime.
    let thread = std::thread::Builder::new().name("netcause-probe".to_owned());
    let running = thread.spawn(move || {
        let _inside = Reentry::enter();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let start = Instant::now();
        let answer = runtime.block_on(client.send(body));
        runtime.shutdown_background();
        Ok((answer, start.elapsed()))
    });
    let (answer, elapsed) = match running.map_err(failed)?.join() {
        Ok(done) => done.map_err(failed)?,
        Err(_) => return Err(Error::new(ErrorKind::Thread, "the attempt ended unexpectedly")),
    };
    let failure = match answer {
        Answer::Accepted(_) => None,
        Answer::Retry(failure, _) | Answer::TooLarge(failure) | Answer::Refused(failure) => {
            Some(ProbeFailure { fault: failure.fault, text: failure.text, advice: failure.advice })
        }
    };
    Ok(Probed { elapsed, failure })
}
