//! `netcause probe`, run by an ordinary user: verdicts, confidences, exit codes.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use netcause_cli::peers::{Leaf, Script, TlsOptions, scripts};
use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use crate::call::at;
use crate::certificates::CERTIFICATES;
use crate::history::full_queue;
use crate::lab::Lab;
use crate::names::REFUSED;

/// Shorter than the three seconds after which a neighbour that does not answer is given up,
/// longer than the one after which a SYN is sent again.
const SHORT: &str = "--timeout=1500ms";

/// The file is handed over open, as an ordinary user may not come to where it is. One who is
/// the only user here stays, and has no capability left.
const AS_ORDINARY_USER: &str = r#"
exec 3<"$1"; shift
if setpriv --reuid=65534 --regid=65534 --clear-groups true 2>/dev/null
then exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs /proc/self/fd/3 "$@"
else exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs /proc/self/fd/3 "$@"
fi"#;

/// What a probe ended with.
#[derive(Debug)]
struct Probed {
    code: Option<i32>,
    object: Map<String, Value>,
}

impl Lab {
    fn run_probe(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
        let arguments = [&["probe"], arguments].concat();
        self.run_as_ordinary_user(env!("CARGO_BIN_EXE_netcause-tested"), &arguments, settings)
    }

    fn run_as_ordinary_user(
        &self,
        program: &'static str,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Output {
        let owned = |it: &&str| (*it).to_owned();
        let arguments: Vec<String> = arguments.iter().map(owned).collect();
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| (owned(name), owned(value))).collect();
        self.client.run(move || async move {
            // Else only root may read whom to ask for names.
            let readable = Command::new("chmod").args(["644", "/etc/resolv.conf"]).status();
            assert!(readable.unwrap().success());
            Command::new("sh")
                .args(["-ec", AS_ORDINARY_USER, "sh", program])
                .args(arguments)
                .envs(settings)
                .output()
                .unwrap()
        })
    }

    /// Probes from the client.
    #[track_caller]
    fn probe(&self, situation: &str, arguments: &[&str]) -> Probed {
        self.probe_with(situation, arguments, &[])
    }

    #[track_caller]
    fn probe_with(&self, situation: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Probed {
        let arguments = [arguments, &["--json"]].concat();
        let output = self.run_probe(&arguments, settings);
        let object: Result<Map<String, Value>, _> = serde_json::from_slice(&output.stdout);
        let object = object.unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
        println!(
            "| {situation} | {} | {} | {} | {} |",
            text("fault.category"),
            text("fault.cause"),
            text("fault.confidence"),
            object.get("fault.evidence").map(Value::to_string).unwrap_or_default(),
        );
        Probed { code: output.status.code(), object }
    }
}

impl Probed {
    fn text(&self, key: &str) -> &str {
        self.object.get(key).and_then(Value::as_str).unwrap_or("")
    }

    /// A fault of that category, of one of these causes, sure by at least and at most so much.
    #[track_caller]
    fn is(self, category: &str, causes: &[&str], least: &str, most: &str) -> Self {
        const SURE: [&str; 4] = ["", "possible", "likely", "certain"];
        let rank = |word: &str| SURE.iter().position(|it| *it == word).unwrap();
        let sure = rank(self.text("fault.confidence"));
        assert_eq!((self.code, self.text("fault.category")), (Some(1), category), "{self:#?}");
        assert!(causes.contains(&self.text("fault.cause")), "{causes:?}: {self:#?}");
        assert!(rank(least) <= sure && sure <= rank(most), "{least} to {most}: {self:#?}");
        self
    }

    /// That one of the facts contains these words.
    #[track_caller]
    fn evidence(self, words: &str) -> Self {
        let facts = self.object["fault.evidence"].to_string();
        assert!(facts.contains(words), "{words:?}: {facts}: {self:#?}");
        self
    }

    /// That all is well, and nothing is said of a fault.
    #[track_caller]
    fn all_is_well(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        let of_fault = |it: &&String| it.starts_with("fault.") || it.starts_with("error.");
        assert_eq!(self.object.keys().find(of_fault), None, "{self:#?}");
        self
    }

    fn step(&self, name: &str) -> Option<&Value> {
        self.object["probe.steps"].as_array()?.iter().find(|it| it["step"] == name)
    }

    /// The machines that a trace found, and at which hop the peer itself answered.
    fn trace(&self) -> (Vec<String>, Option<u64>) {
        let trace = self.step("trace").unwrap_or_else(|| panic!("no trace: {self:#?}"));
        let hops = trace["hops"].as_array().unwrap();
        let address = |hop: &Value| hop["address"].as_str().unwrap().to_owned();
        (hops.iter().map(address).collect(), trace["reached"].as_u64())
    }
}

impl Lab {
    /// The server's addresses, each with the router's of the same family.
    fn both_families(&self) -> impl Iterator<Item = (IpAddr, IpAddr)> {
        self.server_addresses().into_iter().zip(self.router_addresses())
    }
}

#[test]
fn who_probes_has_no_privilege() {
    let Some(lab) = Lab::build() else { return };
    let grep = ["^CapEff", "/proc/self/status"];
    let output = lab.run_as_ordinary_user("/bin/grep", &grep, &[]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "CapEff:\t0000000000000000\n");
}

#[test]
fn a_healthy_peer_is_reached_at_every_address() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.server_name();
    let _peer = lab.serve(7001, scripts::status(200, &[]));
    let probed = lab.probe("healthy", &[&format!("http://{name}:7001/health")]).all_is_well();
    let steps = probed.object["probe.steps"].as_array().unwrap();
    assert_eq!(steps.len(), 4, "{probed:#?}");
    assert!(steps.iter().all(|step| step["ok"] == true), "{probed:#?}");
    let connected: Vec<_> = steps.iter().filter_map(|step| step["address"].as_str()).collect();
    for address in lab.server_addresses() {
        assert!(connected.contains(&&*at(address, 7001)), "{connected:?}");
    }
    assert_eq!(probed.object["http.response.status_code"], 200);
    assert_eq!(probed.object["dns.answers"].as_array().unwrap().len(), 2);
}

#[test]
fn one_address_that_answers_is_enough_and_the_other_is_told() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.server_name();
    let _peer = lab.serve(7001, Script::new().hang());
    lab.router.rule("forward", "meta nfproto ipv6 tcp dport 7001 drop");
    let target = format!("{name}:7001");
    lab.probe("IPv6 dropped, IPv4 well", &[&target, SHORT]).all_is_well();
    let page = lab.run_probe(&[&target, SHORT], &[]);
    let page = String::from_utf8(page.stdout).unwrap();
    assert!(page.contains("Only 1 of 2 addresses answer"), "{page}");
    assert!(page.contains("2 SYNs sent, no answer, no ICMP"), "{page}");
}

#[test]
fn what_refuses_is_told_apart() {
    let Some(lab) = Lab::build() else { return };
    lab.router.rule("forward", "tcp dport 7002 reject with icmpx type port-unreachable");
    lab.router.rule("forward", "tcp dport 7003 reject with tcp reset");
    lab.router.rule("forward", "tcp dport 7004 reject with icmpx type admin-prohibited");
    for (server, router) in lab.both_families() {
        lab.probe("closed port", &[&at(server, 7001)])
            .is("connect_refused", &["peer_down"], "likely", "likely")
            .evidence("a reset came back");
        lab.probe("reject", &[&at(server, 7002)])
            .is("connect_refused", &["firewall"], "likely", "likely")
            .evidence(&format!("{router} answered that the port is unreachable"));
        lab.probe("tcp reset", &[&at(server, 7003)])
            .is("connect_refused", &["peer_down"], "possible", "likely")
            .evidence("a reset came back");
        lab.probe("admin-prohibited", &[&at(server, 7004)])
            .is("unreachable", &["firewall"], "certain", "certain")
            .evidence(&format!("{router} answered that this is administratively prohibited"));
    }
}

/// Whom silence may be due to.
const SILENT: &[&str] = &["firewall", "peer_down", "peer_overloaded", "unknown"];

#[test]
fn packets_that_are_dropped_are_traced_to_the_router_that_drops_them() {
    let Some(lab) = Lab::build() else { return };
    lab.router.rule("forward", "tcp dport 7001 drop");
    for (server, router) in lab.both_families() {
        let probed = lab
            .probe("DROP on the router", &[&at(server, 7001), SHORT])
            .is("connect_timeout", SILENT, "", "possible")
            .evidence("2 SYNs sent, no answer, no ICMP")
            .evidence(&format!(
                "the last machine on the way that answers is {router} (hop 1): the packets die \
                 there or right behind it"
            ));
        assert_eq!(probed.trace(), (vec![router.to_string()], None));
    }
    let [server, _] = lab.server_addresses();
    let page = lab.run_probe(&[&at(server, 7001), SHORT], &[]);
    let page = String::from_utf8(page.stdout).unwrap();
    let router = lab.router_addresses()[0];
    for expected in [&*format!("1  {router}"), "2  nobody answers from here on", "die there or"] {
        assert!(page.contains(expected), "{expected:?} is missing in\n{page}");
    }
}

#[test]
fn a_server_that_drops_is_behind_the_last_machine_that_answers() {
    let Some(lab) = Lab::build() else { return };
    lab.server.rule("input", "tcp dport 7001 drop");
    for (server, router) in lab.both_families() {
        let probed = lab.probe("DROP on the server", &[&at(server, 7001), SHORT]).is(
            "connect_timeout",
            SILENT,
            "",
            "possible",
        );
        assert_eq!(probed.trace(), (vec![router.to_string()], None));
    }
}

#[test]
fn what_gets_lost_only_for_a_while_is_answered_while_it_is_traced() {
    let Some(lab) = Lab::build() else { return };
    // The first packets alone; a closed port answers the others.
    lab.router.rule("forward", "tcp dport 7001 numgen inc mod 1000 < 2 drop");
    let [server, _] = lab.server_addresses();
    let probed = lab
        .probe("the first packets lost", &[&at(server, 7001), SHORT])
        .is("connect_timeout", &["network_path"], "", "possible")
        .evidence("the peer itself answered at hop 2");
    assert_eq!(probed.trace().1, Some(2));
}

#[test]
fn a_dead_host_and_a_missing_route_are_told_by_who_knows() {
    let Some(lab) = Lab::build() else { return };
    let routers = lab.router_addresses();
    for (dead, router) in [lab.v4(2, 77), lab.v6(2, 77)].into_iter().zip(routers) {
        let probed = lab.probe("dead host, impatient", &[&at(dead, 7001), SHORT]).is(
            "connect_timeout",
            SILENT,
            "",
            "possible",
        );
        assert!(probed.trace().0.contains(&router.to_string()), "{probed:#?}");
        lab.probe("dead host", &[&at(dead, 7002)])
            .is("unreachable", &["network_path", "peer_down"], "likely", "likely")
            .evidence(&format!("{router} answered that no way leads there"));
    }
    for (away, router) in [lab.v4(9, 2), lab.v6(9, 2)].into_iter().zip(routers) {
        lab.probe("router without a route", &[&at(away, 7001)])
            .is("unreachable", &["network_path"], "likely", "likely")
            .evidence(&format!("{router} answered that no way leads there"));
    }
    lab.client.shell(&format!("ip route replace default via {}", lab.v4(1, 66)));
    lab.probe("dead gateway", &[&at(lab.v4(2, 2), 7001), "--timeout=2s"])
        .is("connect_timeout", &["network_path"], "possible", "likely")
        .evidence("this host itself answered that nothing was heard of the next machine");
    lab.client.shell("ip route del default; ip -6 route del default");
    for away in lab.server_addresses() {
        lab.probe("no route of this host", &[&at(away, 7001)])
            .is("unreachable", &["misconfiguration"], "likely", "likely")
            .evidence("no packet left this host");
    }
}

#[test]
fn a_full_accept_queue_is_silence() {
    let Some(lab) = Lab::build() else { return };
    let address = SocketAddr::new(lab.server_addresses()[0], 7001);
    let _queue = lab.server.run(move || full_queue(address));
    lab.probe("full accept queue", &[&address.to_string(), SHORT])
        .is("connect_timeout", SILENT, "", "possible")
        .evidence("no answer, no ICMP");
}

#[test]
fn what_the_name_servers_say_is_told_apart() {
    let Some(lab) = Lab::build() else { return };
    let resolver = lab.v4(3, 2);
    lab.probe("NXDOMAIN", &[&format!("{}:80", lab.name("nobody"))])
        .is("dns", &["misconfiguration"], "possible", "likely")
        .evidence(&format!(
            "name server {resolver} answered that there is no such name (NXDOMAIN)"
        ));
    lab.names.fail(&lab.name("refused"), REFUSED);
    lab.probe("refusing resolver", &[&format!("{}:80", lab.name("refused"))])
        .is("dns", &["dns"], "possible", "likely")
        .evidence(&format!("name server {resolver} refused to answer (REFUSED)"));
    lab.names.silence(&lab.name("silent"));
    let target = format!("{}:80", lab.name("silent"));
    for limit in ["--timeout=500ms", "--timeout=10s"] {
        let probed = lab
            .probe("silent resolver", &[&target, limit])
            .is("dns", &["dns", "firewall"], "possible", "likely")
            .evidence(&format!("name server {resolver} did not answer within"));
        assert_eq!(probed.text("fault.reason"), "dns_timeout", "{limit}");
    }
    lab.client.shell("echo nameserver 127.0.0.1 >/etc/resolv.conf");
    lab.probe("no resolver there", &[&target])
        .is("dns", &["dns", "firewall"], "possible", "likely")
        .evidence("name server 127.0.0.1: nothing listens on its port 53");
}

#[test]
fn certificates_are_told_with_their_days_accepted_or_not() {
    let Some(lab) = Lab::build() else { return };
    let name = lab.server_name();
    let mut roots = NamedTempFile::new().unwrap();
    roots.write_all(CERTIFICATES.authority_pem().as_bytes()).unwrap();
    let readable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(roots.path(), readable).unwrap();
    let trust = [("SSL_CERT_FILE", roots.path().to_str().unwrap())];
    for (port, leaf, reason, days) in [
        (7001, Leaf::Good, "", 88),
        (7002, Leaf::Expired, "tls_certificate_expired", -4),
        (7003, Leaf::SelfSigned, "tls_certificate_untrusted", 88),
        (7004, Leaf::WrongName, "tls_certificate_name_mismatch", 88),
    ] {
        let identity = CERTIFICATES.server(leaf, &[&name]).unwrap();
        let _peer = lab.serve_tls(port, identity, TlsOptions::default());
        let target = format!("{name}:{port}");
        let probed = lab.probe_with(&format!("{leaf:?} certificate"), &[&target, "--tls"], &trust);
        let left = probed.object["certificate.days_left"].as_i64();
        assert!(left.is_some_and(|left| left == days || left == days + 1), "{probed:#?}");
        assert!(!probed.text("tls.server.not_after").is_empty(), "{probed:#?}");
        if reason.is_empty() {
            probed.all_is_well();
        } else {
            let probed = probed.is("tls_certificate", &["certificate"], "certain", "certain");
            assert_eq!(probed.text("fault.reason"), reason);
        }
    }
}

#[test]
fn what_the_peer_does_with_a_connection_is_told_apart() {
    let Some(lab) = Lab::build() else { return };
    let _plain = lab.serve(7001, scripts::status(400, &[]));
    lab.probe("TLS to a plain port", &[&at(lab.v4(2, 2), 7001), "--tls"]).is(
        "tls_handshake",
        &["misconfiguration"],
        "likely",
        "likely",
    );
    let wait = &[("Retry-After", "7")][..];
    for (port, situation, script, [category, cause, least, most]) in [
        (
            7002,
            "hung peer",
            Script::new().read_head().hang(),
            ["response_timeout", "peer_overloaded", "possible", "likely"],
        ),
        (
            7003,
            "reset after the request",
            scripts::reset_on_request(),
            ["connection_reset", "peer_fault", "possible", "possible"],
        ),
        (
            7004,
            "close after the request",
            scripts::no_answer(),
            ["connection_reset", "peer_fault", "possible", "possible"],
        ),
        (
            7005,
            "another protocol",
            scripts::ssh(),
            ["protocol", "misconfiguration", "possible", "likely"],
        ),
        (7006, "401", scripts::status(401, &[]), ["auth", "credentials", "certain", "certain"]),
        (
            7007,
            "429",
            scripts::status(429, wait),
            ["rate_limited", "peer_overloaded", "certain", "certain"],
        ),
        (
            7008,
            "500",
            scripts::status(500, &[]),
            ["http_server_error", "peer_fault", "possible", "likely"],
        ),
        (
            7009,
            "503",
            scripts::status(503, wait),
            ["unavailable", "peer_overloaded", "possible", "likely"],
        ),
    ] {
        let _peer = lab.serve(port, script);
        for server in lab.server_addresses() {
            let target = at(server, port);
            lab.probe(situation, &[&target, "--http=/", "--timeout=2500ms"]).is(
                category,
                &[cause],
                least,
                most,
            );
        }
    }
}

#[test]
fn a_path_that_is_cut_after_the_connection_stands_is_no_silent_program() {
    let Some(lab) = Lab::build() else { return };
    let _peer = lab.serve(7001, Script::new().hang());
    // What opens a connection passes, and data does not.
    lab.router.rule("forward", "tcp dport 7001 tcp flags & (syn|ack|psh) == ack|psh drop");
    let target = at(lab.v4(2, 2), 7001);
    lab.probe("request lost on the way", &[&target, "--http=/", "--timeout=2500ms"])
        .is("response_timeout", &["network_path"], "possible", "likely")
        .evidence("sent and not acknowledged");
}
