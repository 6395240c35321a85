//! Addresses and names right behind a pattern.

use super::host::{HostPort, is_host, is_ip};
use super::url::split_port;

/// `host:port`, `[v6]:port`, an IP address or a dotted name at the start, after at most a
/// few marks, and what follows it.
pub(in crate::classify) fn address(after: &str) -> Option<(HostPort<'_>, &str)> {
    let (token, rest) = token(after)?;
    let token = token.rsplit('@').next().unwrap_or(token);
    let (host, port) = split_port(token);
    let is_address = port.is_some() || host.contains('.') || is_ip(host);
    (is_host(host) && is_address).then_some((HostPort { host, port }, rest))
}

/// A name or IP address at the start, without a port, and what follows it.
pub(in crate::classify) fn host(after: &str) -> Option<(&str, &str)> {
    token(after).filter(|(token, _)| is_host(token))
}

/// What stands at the start up to a space or a mark, and what follows it.
fn token(after: &str) -> Option<(&str, &str)> {
    const QUOTES: [char; 3] = ['"', '\'', '`'];
    let text = after.trim_start_matches(['"', '\'', '`', '(']);
    let end =
        text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '`' | '('));
    let (token, _) = text.split_at(end.unwrap_or(text.len()));
    if token.contains("://") {
        return None;
    }
    let token = token.trim_end_matches([':', '.', ')', '…']);
    let rest = text.get(token.len()..)?;
    Some((token, rest.strip_prefix(QUOTES).unwrap_or(rest)))
}
