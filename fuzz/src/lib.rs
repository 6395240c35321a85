//! What holds of every verdict, whatever was read.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use netcause_fault::{Chain, Fault, MAX_EVIDENCE, MAX_LINKS};
use rustix::time::{ClockId, clock_gettime};

/// What [`sanitize`] takes for a secret.
pub const SECRET: &str = "hunter2";

/// Removes [`SECRET`] from an index on, and says whether it was there.
pub fn sanitize(text: &mut String, start: usize) -> bool {
    let dirty = text.split_off(start);
    text.push_str(&dirty.replace(SECRET, "[redacted]"));
    dirty.contains(SECRET)
}

/// The texts of a chain: one line within the limit, of a few links that are parts of it.
pub fn check_chain(chain: &Chain, limit: usize) {
    let message = chain.message();
    assert!(message.len() <= limit.max(2), "{} bytes, not {limit}", message.len());
    assert!(!message.contains(|c: char| c.is_ascii_control()), "{message:?}");
    assert!(chain.links().len() <= MAX_LINKS);
    for link in chain.links() {
        assert!(!link.is_empty() && message.contains(link), "{link:?} of {message:?}");
    }
    assert!(message.ends_with(chain.innermost()));
}

/// A verdict: the same when asked again, valid, and fit to print.
pub fn check_verdict(chain: &Chain) {
    let verdict = chain.classify();
    assert_eq!(verdict, chain.classify());
    let Some(mut fault) = verdict else { return };
    check_values(&fault);
    fault.diagnose();
    assert!(fault.evidence.len() <= MAX_EVIDENCE);
    assert!(!fault.error_type().is_empty());
    let mut out = String::new();
    let _ = write!(out, "{} {:?}", fault.summary(), fault.hint().map(|hint| hint.to_string()));
    fault.evidence.iter().for_each(|fact| out += &fact.to_string());
    assert!(!out.contains(|c: char| c.is_ascii_control()), "{out:?}");
    assert_eq!(fault.borrowed().into_owned(), fault);
}

fn check_values(fault: &Fault<'_>) {
    if let Some(host) = fault.peer.server_address.as_deref() {
        assert!(!host.is_empty() && host.len() <= 255, "{host:?}");
        let breaks =
            |c: char| c.is_whitespace() || c.is_control() || "/?#@\"'<>[](){},;|".contains(c);
        assert!(!host.contains(breaks), "{host:?}");
    }
    assert_ne!(fault.peer.server_port, Some(0));
    if let Some(status) = fault.request.status {
        assert!((100..600).contains(&status), "{status}");
    }
    for text in texts(fault) {
        assert!(!text.is_empty());
    }
}

/// Every text that is taken from what was read as it stands there.
pub fn texts<'f>(fault: &'f Fault<'_>) -> impl Iterator<Item = &'f str> {
    let certificate = fault.certificate.as_ref();
    [
        fault.peer.server_address.as_ref(),
        fault.request.url.as_ref(),
        certificate.and_then(|it| it.subject.as_ref()),
        certificate.and_then(|it| it.issuer.as_ref()),
        certificate.and_then(|it| it.names.as_ref()),
    ]
    .into_iter()
    .flatten()
    .map(Cow::as_ref)
}

/// How much of the processor this thread has used: other programs do not count.
pub fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, nanoseconds) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or_default(), nanoseconds.unwrap_or_default())
}
