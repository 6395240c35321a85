//! What proxies refuse.

use super::{Rule, is};
use crate::Reason;

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    is("tunnel error: proxy authorization required", Reason::ProxyAuthRequired, "hyper-util"),
    is("proxyauthrequired", Reason::ProxyAuthRequired, "hyper-util Debug"),
    is("proxy authentication required", Reason::ProxyAuthRequired, "generic"),
    is("socks error: credentials not accepted", Reason::ProxyAuthRequired, "hyper-util"),
    is("credentials not accepted", Reason::ProxyAuthRequired, "hyper-util"),
    is("proxy wants credentials", Reason::ProxyAuthRequired, "our own summary"),
    is("proxy refused the tunnel", Reason::ProxyTunnelError, "our own summary"),
    is("tunnel error: unsuccessful", Reason::ProxyTunnelError, "hyper-util"),
    is("tunnelunsuccessful", Reason::ProxyTunnelError, "hyper-util Debug"),
    is("unsuccessful tunnel", Reason::ProxyTunnelError, "reqwest 0.12"),
    is("tunnel error: unexpected end of file", Reason::ProxyTunnelError, "hyper-util"),
    is("tunnel error: proxy response headers too long", Reason::ProxyTunnelError, "hyper-util"),
    is("tunnel error: proxy headers too long", Reason::ProxyTunnelError, "hyper-util"),
    is("tunnelunexpectedeof", Reason::ProxyTunnelError, "hyper-util Debug"),
    is("socks error: failed parsing server response", Reason::ProxyTunnelError, "hyper-util"),
];
