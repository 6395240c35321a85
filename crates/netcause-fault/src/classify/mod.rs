//! From a chain to a verdict.
//!
//! [`scan`] runs once over the text and finds every rule of [`rules`] and the facts that
//! stand beside; [`verdict`] decides what it amounts to, typed facts before words. Only a
//! fault's text is read once more, by [`extract`], for who the peer was, limits and tries.

mod answer;
mod certificate;
pub(crate) mod codes;
mod context;
mod custom;
mod extract;
mod facts;
mod fill;
mod grpc;
#[cfg(feature = "h2")]
mod h2;
mod rules;
#[cfg(feature = "rustls")]
mod rustls;
mod scan;
mod starts;
mod tls;
#[cfg(feature = "tonic")]
mod tonic;
mod verdict;
#[cfg(test)]
mod work;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::error::Error;
use std::ops::Range;

pub use self::answer::grpc_status_text;
pub(crate) use self::custom::NO_CLASSIFIERS;
pub use self::custom::{Classifiers, Classify, Priority, Verdict};
pub(crate) use self::facts::{Facts, Source};
use crate::{Chain, Fault, Peer, ReadOptions, Request};

/// What an error says about a network or dependency fault, diagnosed.
///
/// # Example: a refused connection, deep in a chain
///
/// ```
/// use netcause_fault::{Category, classify};
///
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// let error = std::io::Error::other(refused);
/// assert_eq!(classify(&error).map(|fault| fault.category), Some(Category::ConnectRefused));
/// assert_eq!(classify(&"x".parse::<u16>().unwrap_err()), None);
/// ```
///
/// # Performance
///
/// For an error that is no fault it allocates nothing after the first call on a thread.
#[must_use]
pub fn classify(error: &(dyn Error + 'static)) -> Option<Fault<'static>> {
    with_chain(|chain| chain.read_error(error, &ReadOptions::plain()))
}

/// What a sentence or a line of any program's log says about a network or dependency fault,
/// diagnosed.
///
/// ```
/// use netcause_fault::{Reason, classify_text};
///
/// let fault = classify_text("error sending request: operation timed out after 2s").unwrap();
/// assert_eq!(fault.reason, Some(Reason::Timeout));
/// assert_eq!(fault.timeout, Some(std::time::Duration::from_secs(2)));
/// ```
#[must_use]
pub fn classify_text(text: &str) -> Option<Fault<'static>> {
    with_chain(|chain| chain.read_line(text, &ReadOptions::plain()))
}

thread_local! {
    static CHAIN: RefCell<Chain> = RefCell::new(Chain::new());
}

fn with_chain(read: impl FnOnce(&mut Chain)) -> Option<Fault<'static>> {
    let judge = |chain: &mut Chain| {
        read(chain);
        let fault = chain.classify().map(|mut fault| {
            fault.diagnose();
            fault.into_owned()
        });
        chain.clear();
        fault
    };
    CHAIN.with(|shared| match shared.try_borrow_mut() {
        Ok(mut chain) => judge(&mut chain),
        // An error whose `Display` classifies another one.
        Err(_) => judge(&mut Chain::new()),
    })
}

/// The verdict on a text and the typed facts that came with it.
pub(crate) fn read<'a>(
    text: &'a str,
    links: &[Range<usize>],
    facts: &'a Facts,
) -> Option<Fault<'a>> {
    if facts.opinion.is_no_fault() {
        return None;
    }
    if let Some(stated) = facts.stated().filter(|fault| is_complete(fault)) {
        return Some(stated.borrowed());
    }
    match facts.stated() {
        Some(stated) => Some(filled(stated.borrowed(), verdict::of(text, links, facts))),
        None => verdict::of(text, links, facts),
    }
}

/// Whether reading the text could add nothing that matters.
fn is_complete(fault: &Fault<'_>) -> bool {
    !fault.peer.is_empty() && fault.reason.is_some() && fault.phase.is_some()
}

/// A stated fault, with what it leaves out taken from the one that was read.
fn filled<'a>(mut fault: Fault<'a>, read: Option<Fault<'a>>) -> Fault<'a> {
    let Some(read) = read else { return fault };
    let same_peer = fault.peer.is_empty() || is_same(&fault.peer, &read.peer);
    if fault.category == read.category {
        fault.reason = fault.reason.or(read.reason);
        fault.code = fault.code.or(read.code);
        fault.phase = fault.phase.or(read.phase);
        for fact in read.evidence {
            fault.add_evidence(fact);
        }
    }
    fault.timeout = fault.timeout.or(read.timeout);
    fault.limit = fault.limit.or(read.limit);
    fault.attempts.attempt = fault.attempts.attempt.or(read.attempts.attempt);
    fault.attempts.max_attempts = fault.attempts.max_attempts.or(read.attempts.max_attempts);
    fault.attempts.exhausted = fault.attempts.exhausted.or(read.attempts.exhausted);
    fault.certificate = fault.certificate.or(read.certificate);
    // The peer is taken whole from one source.
    if fault.peer.is_empty() {
        fault.peer = read.peer;
    }
    if same_peer {
        fault.request = Request {
            method: fault.request.method.or(read.request.method),
            url: fault.request.url.or(read.request.url),
            status: fault.request.status.or(read.request.status),
        };
    }
    fault
}

fn is_same(one: &Peer<'_>, other: &Peer<'_>) -> bool {
    one.server_address == other.server_address && one.server_port == other.server_port
}
