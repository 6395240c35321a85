//! Words for people in place of our own.

/// What peers of a category do.
pub(super) fn of_category(category: &str) -> &'static str {
    match category {
        "dns" => "the name is not found",
        "connect_refused" => "connections are refused",
        "connect_timeout" => "connections time out",
        "unreachable" => "no way there",
        "connection_reset" => "connections are cut off",
        "tls_certificate" => "the certificate is not accepted",
        "tls_handshake" => "TLS handshakes fail",
        "response_timeout" => "answers do not come in time",
        "timeout" => "calls time out",
        "pool_exhausted" => "no connection is free",
        "rate_limited" => "calls are too many for it",
        "unavailable" => "it says that it is unavailable",
        "auth" => "credentials are refused",
        "http_client_error" => "requests are refused",
        "http_server_error" => "answers are server errors",
        "protocol" => "answers cannot be understood",
        "local_resource" => "something runs out on the calling side",
        "cancelled" => "calls are cancelled",
        _ => "calls fail",
    }
}

/// What a cause means.
pub(super) fn of_cause(cause: &str) -> &'static str {
    match cause {
        "misconfiguration" => "a setting is wrong",
        "firewall" => "a firewall is in the way",
        "network_path" => "the network in between",
        "peer_down" => "nothing listens there",
        "peer_overloaded" => "it has too much to do",
        "peer_fault" => "it crashes or misbehaves",
        "dns" => "the name service",
        "certificate" => "the certificate",
        "credentials" => "the credentials",
        "local_limits" => "limits of the calling side",
        "client_deadline" => "the limit is too short",
        _ => "not known",
    }
}
