//! Names that cannot be looked up, by the resolver of this host.

use std::time::Duration;

use netcause_fault::Category::Dns;
use netcause_fault::Cause::{self, Firewall, Misconfiguration};
use netcause_fault::Confidence::{Likely, Possible};
use netcause_fault::{Phase, Reason};

use crate::call::plain;
use crate::expect::expect;
use crate::lab::Lab;
use crate::names::REFUSED;

#[test]
fn a_name_that_does_not_exist_is_misspelled() {
    let Some(lab) = Lab::build() else { return };
    let fault = lab.fault(&format!("{}:80", lab.name("nobody")));
    expect("NXDOMAIN", &fault)
        .category(Dns)
        .cause(&[Misconfiguration])
        .confidence(Possible, Likely)
        .evidence("no such name")
        .hint("does not exist in DNS");
    assert_eq!((fault.reason, fault.phase), (Some(Reason::DnsHostNotFound), Some(Phase::Dns)));
}

#[test]
fn a_name_without_an_address_is_told_as_such() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.name("bare");
    lab.names.set(&name, &[]);
    let fault = lab.fault(&format!("{name}:80"));
    expect("name without an address", &fault)
        .category(Dns)
        .cause(&[Misconfiguration])
        .confidence(Possible, Likely)
        .evidence("has no address");
    assert_eq!(fault.reason, Some(Reason::DnsNoAddress));
}

#[test]
fn a_resolver_that_refuses_is_the_resolvers_fault() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.name("refused");
    lab.names.fail(&name, REFUSED);
    expect("refusing resolver", &lab.fault(&format!("{name}:80")))
        .category(Dns)
        .cause(&[Cause::Dns])
        .confidence(Possible, Likely)
        .hint("the resolver could not answer");
}

#[test]
fn a_resolver_that_is_silent_is_dns_or_a_firewall() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.name("silent");
    lab.names.silence(&name);
    let host = format!("{name}:80");
    expect("silent resolver, until it gives up", &lab.fault(&host))
        .category(Dns)
        .cause(&[Cause::Dns, Firewall])
        .confidence(Possible, Likely);
    let hasty = plain().lookup_limit(Duration::from_millis(300));
    let fault = lab.fault_by(&host, hasty);
    expect("silent resolver, limit of 300 ms", &fault)
        .category(Dns)
        .cause(&[Cause::Dns, Firewall])
        .confidence(Possible, Likely)
        .summary("timed out after 300ms");
    assert_eq!((fault.reason, fault.phase), (Some(Reason::DnsTimeout), Some(Phase::Dns)));
}

#[test]
fn a_firewall_before_the_resolver_is_dns_or_a_firewall() {
    let Some(lab) = Lab::build() else { return };
    lab.router.rule("forward", "udp dport 53 reject with icmpx type admin-prohibited");
    let name = lab.server_name();
    expect("resolver behind a firewall", &lab.fault(&format!("{name}:80")))
        .category(Dns)
        .cause(&[Cause::Dns, Firewall])
        .confidence(Possible, Likely);
}
