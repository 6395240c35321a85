//! hickory-resolver, against a name server of our own.

use std::net::{IpAddr, Ipv4Addr};

use hickory_resolver::Resolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use netcause_cli::peers::Peer;
use netcause_client_tests::{
    Answers, Case, DnsServer, Expect, Failure, Form, LIMIT, Outcome, fault,
};
use netcause_fault::{Category, Phase, Reason};

const fn dns(reasons: &'static [Reason]) -> Expect {
    fault(Category::Dns).reason(reasons).phase(&[Some(Phase::Dns)])
}

pub(crate) fn cases() -> Vec<Case> {
    // Both print "no records found": which of the two is in the `Debug` text alone.
    const OPEN: &[Reason] = &[Reason::DnsFailure];
    let no_name = dns(&[Reason::DnsHostNotFound]).text_reason(OPEN).display_tells();
    let no_address = dns(&[Reason::DnsNoAddress]).text_reason(OPEN).display_tells();
    let temporary = dns(&[Reason::DnsTemporaryFailure]).display_tells();
    const BARE: &str = "the whole text is \"request timed out\"";
    let silent = dns(&[]).also(&[Category::Timeout, Category::Protocol]).untold(&[
        (Form::Typed, BARE),
        (Form::Joined, BARE),
        (Form::Display, BARE),
        (Form::Debug, BARE),
    ]);
    let mut cases: Vec<_> = [
        ("NXDOMAIN", Answers::Code(3), no_name),
        ("no address", Answers::Code(0), no_address),
        ("SERVFAIL", Answers::Code(2), temporary),
        ("name server refuses", Answers::Code(5), temporary),
        ("name server is silent", Answers::Nothing, silent),
        ("name server answers with garbage", Answers::Garbage, silent),
    ]
    .into_iter()
    .map(|(name, answers, expect)| {
        Case::new("hickory-resolver", name, expect, move || async move {
            let server = DnsServer::start(0, answers).await?;
            lookup(server.addr.port()).await
        })
    })
    .collect();
    cases.push(Case::new("hickory-resolver", "name server is down", silent, || async {
        lookup(Peer::closed_port()?.port()).await
    }));
    cases
}

async fn lookup(port: u16) -> Outcome {
    let mut udp = ConnectionConfig::udp();
    udp.port = port;
    let server = NameServerConfig::new(IpAddr::from(Ipv4Addr::LOCALHOST), true, vec![udp]);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let mut builder = Resolver::builder_with_config(config, TokioRuntimeProvider::default());
    builder.options_mut().timeout = LIMIT;
    builder.options_mut().attempts = 0;
    Failure::of(builder.build()?.lookup_ip("api.example.com.").await)
}
