//! The members of a fault.

use std::fmt::Write;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use netcause_fault::{Attempts, Cause, Certificate, Evidence, Fault, Peer, Request};

use super::Members;
use crate::escape::is_clean;
use crate::redact::redacted;
use crate::{ErrorText, Record, Redactor, time};

/// From so many links on a chain tells more than its text in one line.
const LINKS_WORTH_A_LIST: usize = 3;

/// The most addresses that are listed in a line that had to be cut.
const ANSWERS_WHEN_CUT: usize = 4;

/// One that was rendered has a number of its own.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The members of a fault and its error, rendered once for each time that it happens.
///
/// What differs from one try to the next is rendered anew: how long it took, the tries, and
/// the sentences that tell of them.
#[derive(Debug, Clone, Default)]
pub struct RenderedFault {
    /// The members before `fault.elapsed_ms`.
    before_time: String,
    /// Those from there to the tries.
    after_time: String,
    hint: String,
    /// All, as they were the last time.
    members: String,
    /// The time and the tries that they tell.
    last: (Option<Duration>, Attempts),
    number: u64,
    version: u64,
}

impl RenderedFault {
    /// Renders a fault.
    #[must_use]
    pub fn new(fault: &Fault<'_>, error: Option<&ErrorText<'_>>) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut rendered = RenderedFault { number, ..RenderedFault::default() };
        Members::whole(&mut rendered.before_time).before_time(fault, error);
        Members::whole(&mut rendered.after_time).after_time(fault);
        Members::whole(&mut rendered.hint).hint(fault);
        rendered.render(fault);
        rendered
    }

    /// Renders what differs from the last time; the fault is the same but for its time and
    /// its tries.
    pub fn renew(&mut self, fault: &Fault<'_>) {
        if self.last != (fault.elapsed, fault.attempts) {
            self.render(fault);
        }
    }

    /// A number that no other fault with its error has had since the process started: who
    /// renders them otherwise may keep what does not differ from one try to the next.
    ///
    /// ```
    /// # use netcause_fault::{Category, Fault};
    /// use netcause_record::RenderedFault;
    ///
    /// let fault = Fault::new(Category::ConnectTimeout);
    /// let (one, other) = (RenderedFault::new(&fault, None), RenderedFault::new(&fault, None));
    /// assert_ne!(one.number(), other.number());
    /// ```
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Another number for each time and each try of the fault.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use netcause_fault::{Category, Fault};
    /// use netcause_record::RenderedFault;
    ///
    /// let mut fault = Fault::new(Category::ConnectTimeout);
    /// let mut rendered = RenderedFault::new(&fault, None);
    /// let before = rendered.version();
    /// fault.elapsed = Some(Duration::from_secs(3));
    /// rendered.renew(&fault);
    /// assert_ne!(rendered.version(), before);
    /// ```
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    fn render(&mut self, fault: &Fault<'_>) {
        self.last = (fault.elapsed, fault.attempts);
        self.version += 1;
        self.members.clear();
        let mut members = Members::whole(&mut self.members);
        members.line.push_str(&self.before_time);
        members.duration(",\"fault.elapsed_ms\":", fault.elapsed);
        members.line.push_str(&self.after_time);
        members.tries_and_summary(fault);
        // A hint may name the pause before the next try.
        match fault.attempts.next_delay {
            Some(_) => members.hint(fault),
            None => members.line.push_str(&self.hint),
        }
    }
}

impl<'a> Members<'a> {
    /// Writes members whose texts are not cut.
    fn whole(line: &'a mut String) -> Self {
        Members { line, text_limit: None }
    }
}

impl Members<'_> {
    pub(super) fn fault(&mut self, record: &Record<'_>, fault: &Fault<'_>) {
        // Where texts are cut, none that is whole can be used.
        if let Some(rendered) = record.rendered.filter(|_| self.text_limit.is_none()) {
            return self.line.push_str(&rendered.members);
        }
        self.before_time(fault, record.error.as_ref());
        self.duration(",\"fault.elapsed_ms\":", fault.elapsed);
        self.after_time(fault);
        self.tries_and_summary(fault);
        self.hint(fault);
    }

    fn tries_and_summary(&mut self, fault: &Fault<'_>) {
        self.attempts(&fault.attempts);
        self.sentence(",\"fault.summary\":\"", |line| fault.summary().write_to(line));
    }

    fn hint(&mut self, fault: &Fault<'_>) {
        if let Some(hint) = fault.hint() {
            self.sentence(",\"fault.hint\":\"", |line| hint.write_to(line));
        }
    }

    /// Who the peer is, and what it is about.
    fn before_time(&mut self, fault: &Fault<'_>, error: Option<&ErrorText<'_>>) {
        self.peer(&fault.peer);
        self.request(&fault.request);
        if !fault.peer.dns_answers.is_empty() {
            self.answers(&fault.peer.dns_answers);
        }
        if let Some(certificate) = &fault.certificate {
            self.certificate(certificate);
        }
        self.text(",\"error.type\":\"", fault.error_type());
        if let Some(error) = error {
            self.error(error);
        }
        self.word(",\"fault.category\":\"", fault.category.as_str());
        if let Some(reason) = fault.reason {
            self.word(",\"fault.reason\":\"", reason.as_str());
        }
        if let Some(phase) = fault.phase {
            self.word(",\"fault.phase\":\"", phase.as_str());
        }
    }

    fn peer(&mut self, peer: &Peer<'_>) {
        self.optional(",\"server.address\":\"", peer.server_address.as_deref());
        self.port(",\"server.port\":", peer.server_port);
        self.address(",\"network.peer.address\":\"", peer.peer_address);
        self.port(",\"network.peer.port\":", peer.peer_port);
        self.address(",\"network.local.address\":\"", peer.local_address);
        self.port(",\"network.local.port\":", peer.local_port);
        self.optional(",\"network.transport\":\"", peer.transport.as_deref());
        self.optional(",\"network.protocol.name\":\"", peer.protocol.as_deref());
    }

    fn request(&mut self, request: &Request<'_>) {
        if let Some(url) = &request.url {
            self.url(url);
        }
        self.optional(",\"http.request.method\":\"", request.method.as_deref());
        self.port(",\"http.response.status_code\":", request.status);
    }

    /// A URL may come straight from an error: nobody has taken its secrets out yet.
    fn url(&mut self, url: &str) {
        if memchr::memchr3(b'@', b'?', b'#', url.as_bytes()).is_none() {
            return self.text(",\"url.full\":\"", url);
        }
        let mut url = url.to_owned();
        Redactor::default().text(&mut url, 0);
        self.text(",\"url.full\":\"", &url);
    }

    fn answers(&mut self, answers: &[IpAddr]) {
        let count = self.text_limit.map_or(answers.len(), |_| ANSWERS_WHEN_CUT);
        self.list(",\"dns.answers\":[", answers.iter().take(count), |members, address| {
            push_address(*address, members.line);
        });
    }

    fn certificate(&mut self, certificate: &Certificate<'_>) {
        if let Some(not_after) = certificate.not_after {
            let before = self.line.len();
            self.line.push_str(",\"tls.server.not_after\":\"");
            if time::push_seconds(not_after, self.line) {
                self.line.push('"');
            } else {
                self.line.truncate(before);
            }
        }
        self.optional(",\"tls.server.subject\":\"", certificate.subject.as_deref());
        self.optional(",\"tls.server.issuer\":\"", certificate.issuer.as_deref());
        if let Some(days) = certificate.days_left() {
            self.integer(",\"certificate.days_left\":", days);
        }
    }

    fn error(&mut self, error: &ErrorText<'_>) {
        self.text(",\"error.message\":\"", error.message);
        if error.links.len() >= LINKS_WORTH_A_LIST && self.text_limit.is_none() {
            // The links are parts of the message: where it needs no escape, they do not.
            let clean = is_clean(error.message.as_bytes());
            self.list(",\"fault.chain\":[", error.links.iter(), |members, link| match clean {
                true => members.line.push_str(link),
                false => members.string(link),
            });
        }
    }

    /// What follows from it.
    fn after_time(&mut self, fault: &Fault<'_>) {
        self.duration(",\"fault.timeout_ms\":", fault.timeout);
        if let Some(limit) = fault.limit {
            self.word(",\"fault.limit\":\"", limit.as_str());
        }
        self.word(",\"fault.cause\":\"", fault.cause.as_str());
        // There are no degrees of not knowing.
        if fault.cause != Cause::Unknown {
            self.word(",\"fault.confidence\":\"", fault.confidence.as_str());
        }
        if !fault.evidence.is_empty() {
            self.evidence(&fault.evidence);
        }
        if let Some(retry) = fault.retry {
            self.word(",\"fault.retry\":\"", retry.as_str());
        }
    }

    fn evidence(&mut self, evidence: &[Evidence<'_>]) {
        let mut name = ",\"fault.evidence\":[\"";
        for fact in evidence {
            match fact {
                Evidence::Note(text) => self.text(name, &redacted(text)),
                fact => self.sentence(name, |line| write!(line, "{fact}")),
            }
            name = ",\"";
        }
        self.line.push(']');
    }

    fn attempts(&mut self, attempts: &Attempts) {
        if let Some(attempt) = attempts.attempt {
            self.integer(",\"retry.attempt\":", attempt);
        }
        if let Some(max_attempts) = attempts.max_attempts {
            self.integer(",\"retry.max_attempts\":", max_attempts);
        }
        if let Some(exhausted) = attempts.exhausted {
            self.line.push_str(",\"retry.exhausted\":");
            self.line.push_str(if exhausted { "true" } else { "false" });
        }
        self.duration(",\"retry.next_delay_ms\":", attempts.next_delay);
    }

    /// An array of strings.
    fn list<T>(
        &mut self,
        name: &'static str,
        items: impl Iterator<Item = T>,
        write: impl Fn(&mut Self, T),
    ) {
        self.line.push_str(name);
        for (index, item) in items.enumerate() {
            self.line.push_str(if index == 0 { "\"" } else { ",\"" });
            write(self, item);
            self.line.push('"');
        }
        self.line.push(']');
    }

    #[inline(always)]
    fn port(&mut self, name: &'static str, number: Option<u16>) {
        if let Some(number) = number {
            self.integer(name, number);
        }
    }

    #[inline(always)]
    fn duration(&mut self, name: &'static str, duration: Option<Duration>) {
        if let Some(duration) = duration {
            let milliseconds = duration.as_secs().saturating_mul(1000);
            self.integer(name, milliseconds.saturating_add(u64::from(duration.subsec_millis())));
        }
    }

    #[inline(always)]
    fn address(&mut self, name: &'static str, address: Option<IpAddr>) {
        if let Some(address) = address {
            self.line.push_str(name);
            push_address(address, self.line);
            self.line.push('"');
        }
    }
}

/// Appends an address without formatting machinery where that is easy.
///
/// ```
/// let mut text = String::new();
/// netcause_record::push_address([10, 3, 7, 19].into(), &mut text);
/// assert_eq!(text, "10.3.7.19");
/// ```
pub fn push_address(address: IpAddr, out: &mut String) {
    match address {
        IpAddr::V4(address) => {
            for (index, octet) in address.octets().into_iter().enumerate() {
                if index > 0 {
                    out.push('.');
                }
                out.push_str(itoa::Buffer::new().format(octet));
            }
        }
        // Writing to a line cannot fail.
        IpAddr::V6(address) => {
            let _ = write!(out, "{address}");
        }
    }
}
