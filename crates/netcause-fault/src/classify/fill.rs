//! What a fault's text tells beside what happened: who the peer was, the limit that ran
//! out, which try it was, the certificate.

use std::borrow::Cow;
use std::net::IpAddr;

use super::certificate;
use super::extract::{self, Named, Stated};
use super::facts::Facts;
use super::scan::{Finding, Reading};
use crate::{Category, Evidence, Fault, Peer, Reason, Request};

/// Adds the facts of a text to the fault that it speaks of.
pub(super) fn add_facts<'a>(
    fault: &mut Fault<'a>,
    text: &'a str,
    facts: &'a Facts,
    reading: &Reading<'a>,
) {
    add_certificate(fault, text, facts, reading);
    let is_dns = fault.category == Category::Dns;
    let mut stated = extract::read(text, &reading.telling, reading.called, is_dns);
    if !facts.debug.is_empty() {
        let whole = 0..facts.debug.len();
        stated = stated.or(extract::read(&facts.debug, &[whole], None, is_dns));
    }
    fault.timeout = stated.times.limit(is_timer(fault, reading));
    fault.elapsed = stated.times.elapsed();
    fault.attempts = stated.attempts;
    if let Some(rpc) = reading.rpc.filter(|rpc| rpc.code.category == fault.category) {
        fault.code.get_or_insert(Cow::Borrowed(rpc.code.name));
    }
    if fault.code.is_none() && matches!(reading.finding(), Some(Finding::Of(_))) {
        fault.code = reading.code.map(Cow::Borrowed);
    }
    fault.peer = peer(fault, text, facts, reading, &stated);
    fault.request = Request {
        method: stated.url.and_then(|url| url.method).or(reading.method).map(Cow::Borrowed),
        url: stated.url.map(|url| Cow::Borrowed(url.text)),
        status: fault.request.status,
    };
}

fn add_certificate<'a>(fault: &mut Fault<'a>, text: &'a str, facts: &Facts, reading: &Reading<'a>) {
    if !matches!(fault.category, Category::TlsCertificate | Category::TlsHandshake) {
        return;
    }
    fault.certificate = certificate::read(text);
    #[cfg(feature = "rustls")]
    if let (None, Some(tls)) = (&fault.certificate, &facts.tls) {
        fault.certificate.clone_from(&tls.certificate);
    }
    #[cfg(not(feature = "rustls"))]
    let _ = facts;
    match (fault.reason, reading.certificate_age) {
        (Some(Reason::TlsCertificateExpired), Some(age)) => {
            fault.add_evidence(Evidence::CertificateExpired(age));
        }
        (Some(Reason::TlsCertificateNotYetValid), Some(age)) => {
            fault.add_evidence(Evidence::CertificateNotYetValid(age));
        }
        _ => {}
    }
    if let Some(alert) = reading.alert {
        fault.add_evidence(Evidence::TlsAlert(Cow::Borrowed(alert)));
    }
}

/// Whether a limit ran out, so that one that is named beside is that one.
fn is_timer(fault: &Fault<'_>, reading: &Reading<'_>) -> bool {
    let is_of_limits = matches!(
        fault.category,
        Category::ConnectTimeout
            | Category::ResponseTimeout
            | Category::Timeout
            | Category::PoolExhausted
    );
    let is_reason = matches!(
        fault.reason,
        Some(
            Reason::DnsTimeout
                | Reason::TlsHandshakeTimeout
                | Reason::KeepaliveTimeout
                | Reason::ConnectionTimeoutEstablished
        )
    );
    is_of_limits || is_reason || matches!(reading.finding(), Some(Finding::Timer(_)))
}

/// The peer: by its name from the text, and by its address from the types, else the text.
fn peer<'a>(
    fault: &Fault<'_>,
    text: &'a str,
    facts: &Facts,
    reading: &Reading<'a>,
    stated: &Stated<'a>,
) -> Peer<'a> {
    let is_own = fault.reason == Some(Reason::AddressInUse);
    let socket = facts.peer.or(reading.peer);
    // The address that was used is not whom the caller meant.
    let is_in_url = stated.url.and_then(|url| url.host_port).is_some();
    let is_meant = |it: &Named<'_>| {
        is_in_url || socket.is_none_or(|socket| it.host_port.host.parse() != Ok(socket.ip()))
    };
    // A server that answers speaks of its callers, and hardly of its own port.
    let is_answer = matches!(reading.finding(), Some(Finding::Code(_)));
    let is_peer = |it: &Named<'_>| !is_answer || it.is_tried || it.host_port.port.is_some();
    let found = stated.peer.filter(|it| it.is_tried || !is_own).filter(is_meant).filter(is_peer);
    let named = found
        .map(|it| it.host_port)
        .or(reading.address)
        .map(|it| (it.host, it.port))
        .or_else(|| expected_name(fault, text).map(|name| (name, None)));
    let address = socket.map(|it| it.ip()).or_else(|| found.and_then(beside));
    let port = socket.map(|it| it.port());
    Peer {
        server_address: named.map(|(host, _)| Cow::Borrowed(host)),
        server_port: named.and_then(|(_, port)| port),
        peer_address: address,
        peer_port: port.or_else(|| address.and(found)?.host_port.port),
        ..Peer::default()
    }
}

/// The address that stands beside a name.
fn beside(named: Named<'_>) -> Option<IpAddr> {
    named.address
}

/// The name that a certificate was checked against, and did not bear.
fn expected_name<'a>(fault: &Fault<'_>, text: &'a str) -> Option<&'a str> {
    (fault.reason == Some(Reason::TlsCertificateNameMismatch))
        .then(|| certificate::expected_name(text))?
}
