//! What is said of looking up a name.

use super::{Rule, is};
use crate::Reason;

#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    is("name or service not known", Reason::DnsHostNotFound, "glibc"),
    is("name does not resolve", Reason::DnsHostNotFound, "musl"),
    is("nodename nor servname provided", Reason::DnsHostNotFound, "macOS"),
    is("no such host is known", Reason::DnsHostNotFound, "Windows 11001"),
    is("no such host", Reason::DnsHostNotFound, "generic"),
    is("unknown host", Reason::DnsHostNotFound, "generic"),
    is("host not found", Reason::DnsHostNotFound, "generic"),
    is("nxdomain", Reason::DnsHostNotFound, "resolvers"),
    is("no record found for query", Reason::DnsHostNotFound, "hickory"),
    is("no records found for query", Reason::DnsHostNotFound, "hickory"),
    is("no address associated with hostname", Reason::DnsNoAddress, "glibc"),
    is("no address associated with name", Reason::DnsNoAddress, "BSD"),
    is("requested name is valid, but no data of the requested type was found", Reason::DnsNoAddress, "Windows 11004"),
    is("temporary failure in name resolution", Reason::DnsTemporaryFailure, "glibc"),
    is("lookup address information: try again", Reason::DnsTemporaryFailure, "musl"),
    is("name resolution is temporarily unavailable", Reason::DnsTemporaryFailure, "BSD"),
    is("temporary error during hostname resolution", Reason::DnsTemporaryFailure, "Windows 11002"),
    is("non-recoverable failure in name resolution", Reason::DnsFailure, "glibc"),
    is("non-recoverable error occurred during a database lookup", Reason::DnsFailure, "Windows 11003"),
    is("could not resolve host", Reason::DnsFailure, "generic"),
    is("could not be resolved", Reason::DnsFailure, "generic"),
    is("failed to resolve", Reason::DnsFailure, "generic"),
    is("name resolution failed", Reason::DnsFailure, "generic"),
    is("name resolution failure", Reason::DnsFailure, "generic"),
];
