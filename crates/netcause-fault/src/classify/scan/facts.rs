//! Facts that the verdict needs: of whom a text speaks, and which number it states.

use super::super::extract::{self, HostPort, Url};
use super::super::rules::Says;
use super::{Finding, Reading};
use crate::errno::Os;

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
            // All else tells what happened, or is a URL.
            _ => {}
        }
    }

    /// Takes a URL: the first one, unless the words before a later one announce it.
    pub(super) fn take_url(&mut self, url: Url<'a>) {
        if url.is_target && self.url.is_none_or(|known| !known.is_anchored && url.is_anchored) {
            self.url = Some(url);
        }
    }

    /// Takes an error number, and what it says of any system.
    pub(super) fn take_number(&mut self, after: &str) {
        let Some(number) = extract::number(after) else { return };
        self.number = i32::try_from(number).ok();
        if let Some(os) = self.number.and_then(Os::of_any_host) {
            self.consider(Finding::Os(os));
        }
    }
}
