//! Facts that the verdict needs: of whom a text speaks, and which number it states.

use super::super::extract::{self, HostPort, Url};
use super::super::rules::{Says, Stage};
use super::{Finding, Reading};
use crate::errno::Os;

/// How many marks may stand between the words and the number of an error.
const MARKS: usize = 4;

impl<'a> Reading<'a> {
    /// Takes of whom the text speaks, and which number it states.
    pub(super) fn take_fact(&mut self, says: Says, after: &'a str) {
        match says {
            Says::Address => {
                let stated = || extract::address(after).map(|(address, _)| address);
                self.address = self.address.or_else(|| stated().filter(HostPort::is_explicit));
            }
            Says::Subject(subject) => self.take_subject(subject, after),
            Says::Nameless(subject) => {
                self.take_outcome(subject, after);
            }
            Says::Proxy => self.take_proxy(after),
            Says::DebugPeer => self.peer = extract::socket_address(after).or(self.peer),
            Says::Number => self.take_number(after),
            Says::Lookup => self.take_lookup(after),
            // All else tells what happened, or is a URL.
            _ => {}
        }
    }

    /// Takes words such as `lookup db.example`, which a lookup of anything else has not.
    fn take_lookup(&mut self, after: &'a str) {
        let name = extract::host(after.trim_start_matches([' ', '"', '\'']));
        if name.is_some_and(|(name, _)| name.contains('.')) {
            self.place(Stage::Resolving);
        }
    }

    /// Takes a URL: the first one, unless the words before a later one announce it.
    pub(super) fn take_url(&mut self, url: Url<'a>) {
        self.has_url |= url.is_target || url.host_port.is_none();
        if url.is_target && self.url.is_none_or(|known| !known.is_anchored && url.is_anchored) {
            self.url = Some(url);
        }
    }

    /// Takes an error number, and what it says of any system.
    pub(super) fn take_number(&mut self, after: &str) {
        let marks = after.bytes().take(MARKS).take_while(|byte| b" :=#([\"".contains(byte)).count();
        let digits = after.get(marks..).unwrap_or_default();
        let Some(number) = extract::number(digits) else { return };
        self.number = i32::try_from(number).ok();
        if let Some(os) = self.number.and_then(Os::of_any_host) {
            self.consider(Finding::Os(os));
        }
    }
}
