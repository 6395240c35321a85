//! What to check after a failure, where OTLP knows more than the fault alone tells.

use netcause_fault::{Category, Fault, Phase, Reason};

use super::target::{Signal, Target};
use crate::Protocol;

/// What was seen of a peer besides the fault.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// It has answered before.
    pub(crate) has_answered: bool,
    /// Over TLS it agreed to HTTP/2; known for gRPC only.
    pub(crate) lacks_h2: bool,
    /// It answered with a page for people.
    pub(crate) is_page: bool,
}

/// What to check, where there is more to say than the fault's own hint.
pub(crate) fn advice(fault: &Fault<'_>, text: &str, target: &Target, seen: Seen) -> Option<String> {
    let of_status = fault.request.status.and_then(|status| of_status(status, text, target));
    of_status.or_else(|| of_code(fault.code.as_deref()?, target)).or_else(|| {
        let fixed = match fault.category {
            _ if seen.is_page => {
                "a web server answered that takes no OTLP: check host, port and path of the endpoint"
            }
            Category::TlsCertificate => return of_certificate(fault.reason?).map(str::to_owned),
            _ if seen.has_answered => return None,
            Category::ConnectionReset | Category::Protocol if seen.lacks_h2 => NO_H2,
            Category::Protocol if fault.request.status.is_none() => {
                return Some(other_protocol(target));
            }
            Category::ConnectionReset if !target.is_tls && is_cut(fault) => {
                "nothing was ever answered there: where the port speaks TLS, the endpoint is to begin with https://"
            }
            _ => return None,
        };
        Some(fixed.to_owned())
    })
}

const NO_H2: &str = "the peer did not agree to HTTP/2 over TLS, which gRPC needs: check the port, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf";

fn of_certificate(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::TlsCertificateUntrusted => Some(
            "the issuer is not trusted here: name a file with its certificate in OTEL_EXPORTER_OTLP_CERTIFICATE, or have the peer send the whole chain",
        ),
        Reason::TlsClientCertificateRequired | Reason::TlsClientCertificateRejected => Some(
            "check the files in OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY: whether the peer trusts their issuer, and their validity",
        ),
        _ => None,
    }
}

/// Whether a connection ended after it was made.
fn is_cut(fault: &Fault<'_>) -> bool {
    matches!(fault.phase, Some(Phase::Request | Phase::Response | Phase::Body))
}

fn other_protocol(target: &Target) -> String {
    let (ours, theirs, other) = match target.protocol {
        Protocol::Grpc => ("gRPC", "http/protobuf (usually 4318)", "http/protobuf"),
        _ => ("HTTP/1.1", "gRPC (usually 4317)", "grpc"),
    };
    let tls = match target.is_tls {
        true => "",
        false => ", one that speaks TLS an endpoint that begins with https://",
    };
    format!(
        "what listens there speaks no {ours}: a port for {theirs} needs OTEL_EXPORTER_OTLP_PROTOCOL={other}{tls}"
    )
}

fn of_status(status: u16, text: &str, target: &Target) -> Option<String> {
    let fixed = match status {
        // What Go's servers say, and nginx.
        400 if !target.is_tls && text.contains("HTTPS") => {
            "that port speaks TLS: the endpoint is to begin with https://"
        }
        301 | 302 | 307 | 308 => {
            "redirects are not followed: set the endpoint to where this one points, if a receiver is there"
        }
        401 => WHO,
        403 => PERMITS,
        404 => return Some(of_path(target)),
        413 => {
            "one record alone is larger than what the receiver takes: raise its limit (max_request_body_size in the Collector)"
        }
        415 => {
            "the receiver takes another protocol or compression: check OTEL_EXPORTER_OTLP_PROTOCOL and OTEL_EXPORTER_OTLP_COMPRESSION"
        }
        _ => return None,
    };
    Some(fixed.to_owned())
}

const WHO: &str = "check the key or token in OTEL_EXPORTER_OTLP_HEADERS: whether it is there, right and not expired";
const PERMITS: &str = "the receiver does not permit this: check what the key or token in OTEL_EXPORTER_OTLP_HEADERS is for";

fn of_path(target: &Target) -> String {
    let (usual, what) = (target.signal.path(), target.signal.name());
    if target.uri.path() == usual {
        return format!(
            "a Collector answers so where its receiver is in no pipeline for {what}; else check host and port of the endpoint"
        );
    }
    format!(
        "receivers take {what} at {usual}: OTEL_EXPORTER_OTLP_ENDPOINT gets that path added, OTEL_EXPORTER_OTLP_{}_ENDPOINT is used as it stands",
        what.to_uppercase()
    )
}

fn of_code(code: &str, target: &Target) -> Option<String> {
    match code {
        "UNIMPLEMENTED" => Some(format!(
            "the receiver has no service for {0}: a Collector answers so where its receiver is in no pipeline for {0}",
            target.signal.name()
        )),
        "UNAUTHENTICATED" => Some(WHO.to_owned()),
        "PERMISSION_DENIED" => Some(PERMITS.to_owned()),
        _ => None,
    }
}

impl Signal {
    /// Where receivers take it (OTLP specification, "OTLP/HTTP Request").
    fn path(self) -> &'static str {
        match self {
            Signal::Logs => "/v1/logs",
            Signal::Traces => "/v1/traces",
        }
    }
}
