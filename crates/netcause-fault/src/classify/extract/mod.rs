//! Facts in a text: addresses, numbers, limits, tries.
//!
//! What happened is known when this is asked: [`read`] goes once through the text of a
//! fault and gathers who may be the peer, which durations are limits and which numbers are
//! tries. Each place is judged by the few words around it.

mod attempt;
mod dictionary;
mod duration;
mod host;
mod limit;
mod outcome;
mod peer;
mod role;
mod spot;
mod status;
mod token;
mod url;
mod vocabulary;
mod words;

#[cfg(test)]
mod tests;

use std::cell::LazyCell;
use std::ops::Range;

pub(super) use self::duration::{duration, exceeded};
pub(super) use self::host::{HostPort, is_host};
use self::limit::Times;
use self::peer::Candidates;
pub(super) use self::peer::Named;
use self::spot::Item;
pub(super) use self::status::{alert, is_code, method_at, number, socket_address, status, word};
pub(super) use self::token::{address, host};
pub(super) use self::url::{Url, called, url};
pub(super) use self::words::before;
use crate::Attempts;

/// The facts that a text states.
#[derive(Debug, Default)]
pub(super) struct Stated<'a> {
    pub(super) peer: Option<Named<'a>>,
    pub(super) url: Option<Url<'a>>,
    pub(super) times: Times,
    pub(super) attempts: Attempts,
}

impl Stated<'_> {
    /// The facts of this text, and where it states none, of another one.
    pub(super) fn or(self, other: Self) -> Self {
        let (peer, url) = match self.peer {
            None => (other.peer, self.url.or(other.url)),
            peer => (peer, self.url),
        };
        let is_counted = self.attempts != Attempts::default();
        Stated {
            peer,
            url,
            times: self.times.or(other.times),
            attempts: if is_counted { self.attempts } else { other.attempts },
        }
    }
}

/// Where a stack of frames stands in a record: who is named there did not fail.
fn stack(text: &str) -> Range<usize> {
    const KEYS: &[&str] = &["\"stack\":\"", "\"stacktrace\":\"", "\"stack_trace\":\""];
    // Most texts are no records.
    let is_record = text.as_bytes().contains(&b'"') && text.contains("\"stack");
    let keys = if is_record { KEYS } else { &[] };
    let begin = keys.iter().find_map(|key| Some(text.find(key)? + key.len()));
    let Some(begin) = begin else { return text.len()..text.len() };
    let mut is_escaped = false;
    let ends = |byte: u8| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    };
    let rest = text.get(begin..).unwrap_or_default();
    begin..begin + rest.bytes().position(ends).unwrap_or(rest.len())
}

/// The parts of a range outside of another one.
fn outside(range: &Range<usize>, other: &Range<usize>) -> [Range<usize>; 2] {
    [range.start..range.end.min(other.start), range.start.max(other.end)..range.end]
}

/// Reads the facts of a text that speaks of a fault, perhaps of a name that was not found:
/// those in some ranges, which the words around them explain. A range may be that of the
/// URL that was called, as is known of the words before it.
pub(super) fn read<'a>(
    text: &'a str,
    ranges: &[Range<usize>],
    called: Option<Url<'a>>,
    is_dns: bool,
) -> Stated<'a> {
    if let (Some(url), [only]) = (called, ranges)
        && url.range() == *only
    {
        let peer = peer::only_called(url);
        return Stated { peer, url: peer.map(|_| url), ..Stated::default() };
    }
    let mut peers = Candidates::of(is_dns);
    let (mut times, mut attempts) = (Times::default(), Attempts::default());
    let stack = LazyCell::new(|| stack(text));
    for range in ranges {
        if let Some(url) = called.filter(|url| url.range() == *range) {
            peers.take_called(url);
            continue;
        }
        for range in outside(range, &stack) {
            spot::each(text, range, is_dns, |item| match item {
                Item::Spot(spot) => peers.take_spot(text, spot),
                Item::Url(url) => peers.take_url(text, url),
                Item::Number(at) => {
                    times.take(text, at);
                    attempt::take(text, at, &mut attempts);
                }
            });
        }
    }
    Stated { peer: peers.choose(text), url: peers.url(), times, attempts }
}
