//! Access logs of servers and proxies: the status, and what the proxy says of it in flags.

use super::{Finding, Reading};
use crate::{Category, Reason};

/// Envoy's response flags (its access log reference), by category.
static ENVOY_FLAGS: &[(&str, Finding)] = &[
    ("DC", Finding::Of(Category::Cancelled)),
    ("DPE", Finding::Is(Reason::InvalidResponse)),
    ("UPE", Finding::Is(Reason::InvalidResponse)),
    ("UF", Finding::Of(Category::Unavailable)),
    ("UH", Finding::Of(Category::Unavailable)),
    ("UO", Finding::Of(Category::Unavailable)),
    ("NC", Finding::Of(Category::Unavailable)),
    ("UC", Finding::Is(Reason::ConnectionClosed)),
    ("UR", Finding::Is(Reason::ConnectionReset)),
    ("LR", Finding::Is(Reason::ConnectionReset)),
    ("UT", Finding::Is(Reason::ResponseTimeout)),
    ("SI", Finding::Is(Reason::ResponseTimeout)),
    ("UMSDR", Finding::Is(Reason::ResponseTimeout)),
    ("DF", Finding::Is(Reason::DnsFailure)),
    ("RL", Finding::Of(Category::RateLimited)),
    ("UAEX", Finding::Of(Category::Auth)),
    ("URX", Finding::Of(Category::Unavailable)),
];

/// HAProxy's termination states (its configuration manual §8.5): who ended the session, and
/// in which state.
static HAPROXY_STATES: &[(&str, Finding)] = &[
    ("sC", Finding::Is(Reason::ConnectTimeout)),
    ("SC", Finding::Of(Category::Unavailable)),
    ("sH", Finding::Is(Reason::ResponseTimeout)),
    ("SH", Finding::Is(Reason::ConnectionClosed)),
    ("sD", Finding::Is(Reason::ResponseTimeout)),
    ("SD", Finding::Is(Reason::ConnectionClosed)),
    ("sQ", Finding::Of(Category::Unavailable)),
    ("SQ", Finding::Of(Category::Unavailable)),
    ("PH", Finding::Is(Reason::InvalidResponse)),
    ("RC", Finding::Of(Category::LocalResource)),
    ("C", Finding::Of(Category::Cancelled)),
    ("c", Finding::Of(Category::Cancelled)),
];

/// How far behind the status flags are looked for.
const REACH: usize = 600;

impl Reading<'_> {
    /// Reads on behind `HTTP/1.1" `. A status below 500 is the caller's own affair, unless
    /// the caller left or was told to slow down.
    pub(super) fn take_access(&mut self, after: &str) {
        let (status, rest) = match after.split_once(' ') {
            Some((status, rest)) => (status, rest),
            None => (after, ""),
        };
        if status == "0" {
            // Envoy's, where no answer was sent: the flag says why.
            return self.take_envoy_flag(rest);
        }
        let Some(status) = super::extract::status(status) else { return };
        if status < 500 && status != 499 && status != 429 {
            return;
        }
        self.consider(Finding::Status(status));
        self.take_envoy_flag(rest);
        self.take_state(rest);
    }

    /// Reads on behind `haproxy[`.
    pub(super) fn take_state(&mut self, after: &str) {
        let end = after.floor_char_boundary(REACH);
        let near = after.get(..end).unwrap_or_default();
        // Five counters of connections and retries follow the state.
        let is_count = |it: &str| it.split('/').count() == 5 || it.parse::<u32>().is_ok();
        let mut start = 0;
        for gap in memchr::memchr_iter(b' ', near.as_bytes()) {
            let word = near.get(start..gap).unwrap_or_default();
            start = gap + 1;
            if is_state(word) && near.get(start..).is_some_and(|it| is_count(until_gap(it))) {
                self.take_flag(HAPROXY_STATES.iter().find(|(known, _)| word.starts_with(known)));
                return;
            }
        }
    }

    fn take_envoy_flag(&mut self, after: &str) {
        let flag = after.split([' ', ',']).next().unwrap_or_default();
        self.take_flag(ENVOY_FLAGS.iter().find(|(known, _)| *known == flag));
    }

    fn take_flag(&mut self, flag: Option<&(&str, Finding)>) {
        if let Some((_, finding)) = flag {
            // It tells more than the status does.
            self.consider_at(super::RANK_STATUS, *finding);
        }
    }
}

/// The first word.
fn until_gap(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

/// Whether a word is a termination state: `CC--`, `sH--`, in TCP mode `SC`.
fn is_state(word: &str) -> bool {
    if !matches!(word.len(), 2 | 4) {
        return false;
    }
    let is_one = |at: usize, of: &[u8]| word.as_bytes().get(at).is_some_and(|it| of.contains(it));
    is_one(0, b"CScsPLRIDUK")
        && is_one(1, b"RCHDLQT")
        && match word.len() {
            2 => true,
            4 => is_one(2, b"NIDVEOU-") && is_one(3, b"NIDPRU-"),
            _ => false,
        }
}
