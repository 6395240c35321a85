//! A warning, once a day and peer, before a certificate that is in use ends.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use netcause_fault::{Certificate, long_duration};
use rustls::pki_types::ServerName;
use x509_parser::time::ASN1Time;

use crate::{Trail, settings};

/// Of so many peers certificates are kept; of more, the one that ends last is not.
const PEERS: usize = 1_000;

const DAY: i64 = 86_400;

static CERTIFICATES: LazyLock<Mutex<Certificates>> = LazyLock::new(Mutex::default);

/// Notes a certificate that was accepted, and warns if it ends soon.
pub(super) fn accepted(name: &ServerName<'_>, trail: Option<&Trail>, seen: &Certificate<'_>) {
    let peer = Peer::of(name, trail);
    let days = settings().certificate_warn_days;
    let due = certificates(|it| it.note(&peer, seen, days));
    if due {
        warn(&peer, seen);
    }
}

/// Warns if the certificate of a session that is about to be resumed ends soon.
pub(super) fn resuming(name: &ServerName<'_>) {
    let peer = Peer::of(name, Trail::current().as_deref());
    let now = now();
    let days = settings().certificate_warn_days;
    if let Some(certificate) = certificates(|it| it.again(&peer, now, days)) {
        warn(&peer, &certificate);
    }
}

fn certificates<R>(use_them: impl FnOnce(&mut Certificates) -> R) -> R {
    use_them(&mut CERTIFICATES.lock().unwrap_or_else(PoisonError::into_inner))
}

fn now() -> Option<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// Whose certificate it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Peer {
    pub(super) host: String,
    pub(super) port: Option<u16>,
}

impl Peer {
    fn of(name: &ServerName<'_>, trail: Option<&Trail>) -> Self {
        let port = trail.and_then(Trail::server).map(|(_, port)| port);
        Peer { host: name.to_str().into_owned(), port }
    }
}

#[derive(Debug)]
struct Known {
    certificate: Certificate<'static>,
    /// When it was last warned of, in seconds since the Unix epoch.
    warned: Option<i64>,
}

/// The certificates that were accepted last.
#[derive(Debug, Default)]
pub(super) struct Certificates(HashMap<Peer, Known>);

impl Certificates {
    /// Notes a certificate, and says whether a warning is due.
    pub(super) fn note(&mut self, peer: &Peer, seen: &Certificate<'_>, days: u32) -> bool {
        let now = seen.verified_at;
        if let Some(known) = self.0.get_mut(peer)
            && known.certificate.not_after == seen.not_after
        {
            let due = is_due(seen, now, known.warned, days);
            known.warned = if due { now } else { known.warned };
            return due;
        }
        // Another certificate has another end.
        self.make_room(peer);
        let due = is_due(seen, now, None, days);
        let (certificate, warned) = (seen.clone().into_owned(), now.filter(|_| due));
        self.0.insert(peer.clone(), Known { certificate, warned });
        due
    }

    /// The certificate of a peer as of now, if a warning is due.
    pub(super) fn again(
        &mut self,
        peer: &Peer,
        now: Option<i64>,
        days: u32,
    ) -> Option<Certificate<'static>> {
        let known = self.0.get_mut(peer)?;
        if !is_due(&known.certificate, now, known.warned, days) {
            return None;
        }
        known.warned = now;
        Some(Certificate { verified_at: now, ..known.certificate.clone() })
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn make_room(&mut self, peer: &Peer) {
        if self.0.len() < PEERS || self.0.contains_key(peer) {
            return;
        }
        let last = self.0.iter().max_by_key(|(_, known)| known.certificate.not_after);
        if let Some(peer) = last.map(|(peer, _)| peer.clone()) {
            self.0.remove(&peer);
        }
    }
}

fn is_due(seen: &Certificate<'_>, now: Option<i64>, warned: Option<i64>, days: u32) -> bool {
    let (Some(end), Some(now)) = (seen.not_after, now) else { return false };
    let is_soon = end.saturating_sub(now) <= i64::from(days) * DAY;
    let is_new = warned.is_none_or(|warned| now.saturating_sub(warned) >= DAY);
    days > 0 && is_soon && is_new
}

fn warn(peer: &Peer, seen: &Certificate<'_>) {
    let host = peer.host.as_str();
    let (end, now) = (seen.not_after.unwrap_or_default(), seen.verified_at.unwrap_or_default());
    let left = Duration::from_secs(end.abs_diff(now));
    let what = if end >= now { "ends in" } else { "was accepted past its end by" };
    let port = peer.port.map(|port| format!(" on port {port}")).unwrap_or_default();
    tracing::warn!(
        parent: None,
        server.address = host,
        server.port = peer.port,
        tls.server.not_after = rfc3339(end),
        tls.server.subject = seen.subject.as_deref(),
        tls.server.issuer = seen.issuer.as_deref(),
        certificate.days_left = seen.days_left(),
        "The certificate of host {host}{port} {what} {}",
        long_duration(left),
    );
}

/// As `tls.server.not_after` is written everywhere: `2026-11-20T00:00:00Z`.
fn rfc3339(seconds: i64) -> Option<String> {
    let time = ASN1Time::from_timestamp(seconds).ok()?.to_datetime();
    let (date, clock) = (time.date(), time.time());
    Some(format!("{date}T{:02}:{:02}:{:02}Z", clock.hour(), clock.minute(), clock.second()))
}
