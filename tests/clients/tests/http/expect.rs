//! What most clients' failures are expected to be.

use netcause_client_tests::{Expect, fault};
use netcause_fault::{Category, Phase, Reason};

pub(crate) const REFUSED: Expect =
    fault(Category::ConnectRefused).reason(&[Reason::ConnectRefused]).display_tells();

/// The same where the client says that it was connecting.
pub(crate) const REFUSED_ON_CONNECT: Expect = fault(Category::ConnectRefused)
    .reason(&[Reason::ConnectRefused])
    .phase(&[Some(Phase::Connect)]);

pub(crate) const CONNECT_TIMEOUT: Expect = fault(Category::ConnectTimeout)
    .reason(&[Reason::ConnectTimeout])
    .phase(&[Some(Phase::Connect)]);

/// A limit ran out, and nothing says over what.
pub(crate) const TIMEOUT: Expect =
    fault(Category::Timeout).reason(&[Reason::Timeout]).phase(&[None]).display_tells();

pub(crate) const RESET: Expect =
    fault(Category::ConnectionReset).reason(&[Reason::ConnectionReset]);

pub(crate) const CLOSED: Expect =
    fault(Category::ConnectionReset).reason(&[Reason::ConnectionClosed]);

/// The client may learn that the peer is gone while it connects, writes or reads.
pub(crate) const GONE: Expect = fault(Category::ConnectionReset).reason(&[
    Reason::ConnectionReset,
    Reason::ConnectionClosed,
    Reason::BrokenPipe,
]);

pub(crate) const TRUNCATED: Expect =
    fault(Category::ConnectionReset).reason(&[Reason::BodyTruncated]).phase(&[Some(Phase::Body)]);

pub(crate) const NOT_THE_PROTOCOL: Expect =
    fault(Category::Protocol).reason(&[Reason::InvalidResponse]);

pub(crate) const NO_SUCH_HOST: Expect = fault(Category::Dns)
    .reason(&[Reason::DnsHostNotFound, Reason::DnsTemporaryFailure])
    .phase(&[Some(Phase::Dns)]);

pub(crate) const RESPONSE_TIMEOUT: Expect =
    fault(Category::ResponseTimeout).reason(&[Reason::ResponseTimeout]);

pub(crate) const BODY_TIMEOUT: Expect =
    fault(Category::ResponseTimeout).reason(&[Reason::BodyTimeout]).phase(&[Some(Phase::Body)]);

/// A certificate's flaw.
pub(crate) const fn certificate(reasons: &'static [Reason]) -> Expect {
    fault(Category::TlsCertificate).reason(reasons).phase(&[Some(Phase::Tls)])
}

/// A handshake that failed for another reason.
pub(crate) const fn handshake(reasons: &'static [Reason]) -> Expect {
    fault(Category::TlsHandshake).reason(reasons).phase(&[Some(Phase::Tls)])
}

/// The protocol's own code in the answer.
pub(crate) const fn code(category: Category, code: &'static str) -> Expect {
    fault(category).code(code)
}
