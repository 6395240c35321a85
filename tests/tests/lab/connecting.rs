//! Attempts to connect that something on the way answers, or nothing.

use std::net::IpAddr;
use std::time::Duration;

use netcause_fault::Category::{ConnectRefused, ConnectTimeout, Unreachable};
use netcause_fault::Cause::{Firewall, Misconfiguration, NetworkPath, PeerDown, PeerOverloaded};
use netcause_fault::Confidence::{Certain, Likely, Possible};

use crate::call::at;
use crate::expect::expect;
use crate::lab::Lab;

/// Shorter than the three seconds after which a neighbour that does not answer is given up.
const SHORT: Duration = Duration::from_millis(1_500);

impl Lab {
    /// The server's addresses, each with the router's of the same family.
    fn servers(&self) -> impl Iterator<Item = (IpAddr, IpAddr)> {
        self.server_addresses().into_iter().zip(self.router_addresses())
    }
}

#[test]
fn a_router_that_prohibits_is_named() {
    let Some(lab) = Lab::build() else { return };
    for (port, kind) in [(7001, "admin-prohibited"), (7002, "host-prohibited")] {
        let family = if port == 7001 { "icmpx" } else { "icmp" };
        lab.router.rule("forward", &format!("tcp dport {port} reject with {family} type {kind}"));
    }
    for (server, router) in lab.servers() {
        let fault = lab.fault(&at(server, 7001));
        expect("admin-prohibited on the router", &fault)
            .category(Unreachable)
            .cause(&[Firewall])
            .confidence(Certain, Certain)
            .evidence(&format!("{router} answered that this is administratively prohibited"))
            .hint(&format!("forbidden by the firewall at {router}"))
            .summary(&format!("prohibited by {router}"));
    }
    let fault = lab.fault(&at(lab.v4(2, 2), 7002));
    expect("host-prohibited on the router", &fault)
        .category(Unreachable)
        .cause(&[Firewall])
        .confidence(Certain, Certain)
        .evidence("(ICMP 3/10)");
}

#[test]
fn a_firewall_of_the_servers_own_that_prohibits_is_told_from_the_routers() {
    let Some(lab) = Lab::build() else { return };
    lab.server.rule("input", "tcp dport 7001 reject with icmpx type admin-prohibited");
    for server in lab.server_addresses() {
        expect("admin-prohibited on the server", &lab.fault(&at(server, 7001)))
            .category(Unreachable)
            .cause(&[Firewall])
            .confidence(Certain, Certain)
            .evidence(&format!("the peer's host {server} answered"))
            .hint("a firewall rule on the peer's host forbids");
    }
}

#[test]
fn a_reject_rule_of_the_router_is_its() {
    let Some(lab) = Lab::build() else { return };
    lab.router.rule("forward", "tcp dport 7001 reject with icmpx type port-unreachable");
    for (server, router) in lab.servers() {
        expect("reject on the router", &lab.fault(&at(server, 7001)))
            .category(ConnectRefused)
            .cause(&[Firewall])
            .confidence(Likely, Likely)
            .evidence(&format!("{router} answered that the port is unreachable"))
            .hint(&format!("rejected by a firewall at {router}"));
    }
}

#[test]
fn a_reject_rule_of_the_server_is_its() {
    let Some(lab) = Lab::build() else { return };
    lab.server.rule("input", "tcp dport 7001 reject with icmpx type port-unreachable");
    for server in lab.server_addresses() {
        expect("reject on the server", &lab.fault(&at(server, 7001)))
            .category(ConnectRefused)
            .cause(&[Firewall])
            .confidence(Likely, Likely)
            .evidence(&format!("the peer's host {server} answered that the port is unreachable"))
            .hint("a firewall rule on the peer's host rejects");
    }
}

#[test]
fn a_reject_rule_of_this_host_is_told_as_such() {
    let Some(lab) = Lab::build() else { return };
    lab.client.rule("output", "tcp dport 7001 reject with icmpx type port-unreachable");
    for server in lab.server_addresses() {
        expect("reject on this host", &lab.fault(&at(server, 7001)))
            .category(ConnectRefused)
            .cause(&[Firewall])
            .confidence(Likely, Likely)
            .evidence("this host itself answered that the port is unreachable")
            .hint("in Kubernetes a Service without ready endpoints");
    }
}

#[test]
fn a_closed_port_is_a_peer_that_is_down() {
    let Some(lab) = Lab::build() else { return };
    for server in lab.server_addresses() {
        expect("closed port", &lab.fault(&at(server, 7001)))
            .category(ConnectRefused)
            .cause(&[PeerDown])
            .confidence(Likely, Likely)
            .evidence("a reset came back, and no ICMP message")
            .evidence("never reached since start")
            .hint("check the port first");
    }
}

#[test]
fn a_forged_reset_is_never_certain() {
    let Some(lab) = Lab::build() else { return };
    lab.router.rule("forward", "tcp dport 7001 reject with tcp reset");
    for server in lab.server_addresses() {
        expect("reject with tcp reset", &lab.fault(&at(server, 7001)))
            .category(ConnectRefused)
            .cause(&[PeerDown])
            .confidence(Possible, Likely)
            .evidence("a reset came back");
    }
}

#[test]
fn silence_of_a_peer_that_was_never_reached_is_only_possible() {
    let Some(lab) = Lab::build() else { return };
    lab.router.rule("forward", "tcp dport 7001 drop");
    for server in lab.server_addresses() {
        expect("DROP on the router", &lab.fault_within(&at(server, 7001), SHORT))
            .category(ConnectTimeout)
            .cause(&[Firewall, PeerDown, PeerOverloaded])
            .confidence(Possible, Possible)
            .evidence("2 SYNs sent, no answer, no ICMP")
            .evidence("never reached since start")
            .hint("a firewall that drops, a dead host");
        let hasty = lab.fault_within(&at(server, 7001), Duration::from_millis(100));
        expect("DROP on the router, limit of 100 ms", &hasty)
            .category(ConnectTimeout)
            .cause(&[Firewall, PeerDown, PeerOverloaded])
            .confidence(Possible, Possible)
            .evidence("1 SYN sent, no answer, no ICMP")
            .evidence("a connect limit under 1 s ends before the first retransmission")
            .summary("timed out after 100ms");
    }
}

#[test]
fn a_dead_host_is_silent_until_the_last_router_gives_it_up() {
    let Some(lab) = Lab::build() else { return };
    for (dead, router) in [lab.v4(2, 77), lab.v6(2, 77)].into_iter().zip(lab.router_addresses()) {
        expect(
            "dead host behind the router, limit of 1.5 s",
            &lab.fault_within(&at(dead, 7001), SHORT),
        )
        .category(ConnectTimeout)
        .cause(&[Firewall, PeerDown, PeerOverloaded])
        .confidence(Possible, Possible)
        .evidence("no answer, no ICMP");
        expect("dead host behind the router", &lab.fault(&at(dead, 7002)))
            .category(Unreachable)
            .cause(&[NetworkPath, PeerDown])
            .confidence(Likely, Likely)
            .evidence(&format!("{router} answered that no way leads there"))
            .hint("the host or network behind it is off");
    }
}

#[test]
fn a_dead_neighbour_is_reported_by_this_host_itself() {
    let Some(lab) = Lab::build() else { return };
    for dead in [lab.v4(1, 77), lab.v6(1, 77)] {
        expect("dead host on the own network", &lab.fault(&at(dead, 7001)))
            .category(Unreachable)
            .cause(&[NetworkPath, PeerDown])
            .confidence(Possible, Likely)
            .evidence("this host itself answered that nothing was heard of the next machine")
            .hint("the peer itself where it is in the same network, else the gateway");
    }
}

#[test]
fn a_router_without_a_route_is_named() {
    let Some(lab) = Lab::build() else { return };
    for (away, router) in [lab.v4(9, 2), lab.v6(9, 2)].into_iter().zip(lab.router_addresses()) {
        expect("router without a route", &lab.fault(&at(away, 7001)))
            .category(Unreachable)
            .cause(&[NetworkPath])
            .confidence(Likely, Likely)
            .evidence(&format!("{router} answered that no way leads there"))
            .hint(&format!("beyond {router}"));
    }
}

#[test]
fn packets_in_a_circle_are_the_paths_fault() {
    let Some(lab) = Lab::build() else { return };
    let (v4, v6) = (lab.v4(9, 2), lab.v6(9, 2));
    let [server_v4, server_v6] = lab.server_addresses();
    lab.router
        .shell(&format!("ip route add {v4} via {server_v4}; ip route add {v6} via {server_v6}"));
    let forward = "cd /proc/sys/net; echo 1 > ipv4/ip_forward; echo 1 > ipv6/conf/all/forwarding";
    lab.server.shell(forward);
    // An odd number, and the router is the one that sees the end.
    lab.client.shell(
        "cd /proc/sys/net; echo 63 > ipv4/ip_default_ttl; echo 63 > ipv6/conf/eth0/hop_limit",
    );
    for away in [v4, v6] {
        expect("two routers that send packets to each other", &lab.fault(&at(away, 7001)))
            .category(Unreachable)
            .cause(&[NetworkPath])
            .confidence(Likely, Likely)
            .evidence(" answered that the packet passed too many routers")
            .hint("in a circle");
    }
}

#[test]
fn what_this_hosts_own_routes_forbid_is_its_setting() {
    let Some(lab) = Lab::build() else { return };
    for (net, kind) in [(101, "prohibit"), (102, "blackhole"), (103, "unreachable")] {
        let number = lab.v4(net, 0);
        let v6 = lab.v6(net.into(), 0);
        lab.client.shell(&format!("ip route add {kind} {number}/24; ip route add {kind} {v6}/64"));
        for away in [lab.v4(net, 2), lab.v6(net.into(), 2)] {
            expect(&format!("{kind} route of this host"), &lab.fault(&at(away, 7001)))
                .category(Unreachable)
                .cause(&[Misconfiguration])
                .confidence(Likely, Likely)
                .evidence("no packet left this host")
                .hint("this host itself refused");
        }
    }
    lab.client.shell("ip route del default; ip -6 route del default");
    for away in lab.server_addresses() {
        expect("no route of this host", &lab.fault(&at(away, 7001)))
            .category(Unreachable)
            .cause(&[Misconfiguration])
            .confidence(Likely, Likely)
            .evidence("no packet left this host");
    }
}

#[test]
fn an_unroutable_ipv6_address_does_not_hide_what_ipv4_answered() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.server_name();
    let [v4, v6] = lab.server_addresses();
    for (situation, command) in [
        ("IPv6 unroutable at the router, IPv4 refuses", "true"),
        ("IPv6 unroutable on this host, IPv4 refuses", "ip -6 route del default"),
    ] {
        // Addresses of its own, so that the resolver's order does not hide a family.
        lab.router.shell(&format!("ip -6 route replace unreachable {v6}"));
        lab.client.shell(command);
        let fault = lab.fault(&format!("{name}:7001"));
        expect(situation, &fault)
            .category(ConnectRefused)
            .cause(&[PeerDown])
            .confidence(Likely, Likely)
            .evidence("a reset came back");
        assert_eq!(fault.peer.peer_address, Some(v4));
        assert!(fault.peer.dns_answers.contains(&v4));
    }
}
