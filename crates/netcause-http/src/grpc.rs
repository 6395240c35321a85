//! What is read of gRPC: whether a message is of it, and its status.

use http::{HeaderMap, header};

const RESOURCE_EXHAUSTED: u32 = 8;

/// Whether headers are those of a message of gRPC.
pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.as_bytes());
    kind.is_some_and(|kind| kind.starts_with(b"application/grpc"))
}

/// The status that headers or trailers state.
pub(crate) fn status(headers: &HeaderMap) -> Option<u32> {
    headers.get("grpc-status")?.to_str().ok()?.parse().ok()
}

/// Whether a status says that the server failed, as OpenTelemetry's conventions for servers
/// have it: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS.
pub(crate) fn is_server_error(status: u32) -> bool {
    matches!(status, 2 | 4 | 12 | 13 | 14 | 15)
}

/// Whether a status says that a call failed for no fault of the request.
pub(crate) fn is_failure(status: u32) -> bool {
    is_server_error(status) || status == RESOURCE_EXHAUSTED
}

/// `package.Service/Method` of a path.
pub(crate) fn method(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn a_status_is_read_where_it_is_a_number() {
        assert_eq!(status(&headers("grpc-status", "14")), Some(14));
        assert_eq!(status(&headers("grpc-status", "x")), None);
        assert_eq!(status(&HeaderMap::new()), None);
    }

    #[test]
    fn a_message_is_of_grpc_by_its_type() {
        assert!(is_grpc(&headers("content-type", "application/grpc+proto")));
        assert!(!is_grpc(&headers("content-type", "application/json")));
        assert_eq!(method("/shop.Prices/Get"), "shop.Prices/Get");
    }
}
