//! What is no fault of the network or a dependency.

use super::{Rule, Says, note};

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    note("builder error", Says::Harmless, "reqwest"),
    note("kind: builder", Says::Harmless, "reqwest Debug"),
    note("relative url without a base", Says::Harmless, "url"),
    note("invalid url", Says::Harmless, "hyper-util"),
    note("unsupported scheme", Says::Harmless, "hyper-rustls"),
    note("url scheme is not allowed", Says::Harmless, "reqwest"),
    note("client error (userunsupported*", Says::Harmless, "hyper-util"),
    note("client error (userabsoluteurirequired)", Says::Harmless, "hyper-util"),
    note("legacy::error(user*", Says::Harmless, "hyper-util Debug"),
    note("panicked with message", Says::Harmless, "tokio"),
    note("panicked at", Says::Harmless, "std"),
    note("reconnected", Says::HarmlessMessage, "generic"),
    note("recovered", Says::HarmlessMessage, "generic"),
    note("succeeded", Says::HarmlessMessage, "generic"),
    note("successfully", Says::HarmlessMessage, "generic"),
    note("restored", Says::HarmlessMessage, "generic"),
    note("no longer", Says::HarmlessMessage, "generic"),
    note("unsupported protocol scheme", Says::Harmless, "Go"),
    note("missing protocol scheme", Says::Harmless, "Go"),
    note("no host in request url", Says::Harmless, "Go"),
    note("invalid url escape", Says::Harmless, "Go"),
    note("panic serving", Says::Harmless, "Go"),
    note("not supported or disabled in libcurl", Says::Harmless, "libcurl"),
    note("target host is not specified", Says::Harmless, "Apache HttpClient"),
    note("content security policy", Says::Harmless, "browsers"),
    note("cannot read propert*", Says::Harmless, "JavaScript"),
    note("is not a function", Says::Harmless, "JavaScript"),
    note("nil pointer dereference", Says::Harmless, "Go"),
    note("servname not supported", Says::Harmless, "glibc"),
    note("is not a constructor", Says::Harmless, "JavaScript"),
];
