//! What to look at next, as commands to copy.
//!
//! Each command only looks: none changes anything, sends a body, or repeats a write. Names
//! come from the line alone; where it names no host, the commands ask this machine instead.

use netcause_fault::{Category, Fault, Peer, Reason};

use super::quote::{host, quoted, url};

/// How many commands are shown.
const CHECKS: usize = 3;

/// A command, and what it shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) command: String,
    pub(super) shows: &'static str,
}

fn check(command: impl Into<String>, shows: &'static str) -> Option<Check> {
    Some(Check { command: command.into(), shows })
}

/// The next checks for a fault, most telling first.
pub(super) fn of(fault: &Fault<'_>) -> Vec<Check> {
    let target = Target::of(fault);
    let mut checks = by_category(fault, &target);
    if checks.len() < CHECKS && !matches!(fault.category, Category::LocalResource) {
        // Not every line names a host and a port.
        checks.extend([target.resolve(), target.connect()].into_iter().flatten());
        checks.extend(here(fault));
    }
    let mut unique: Vec<Check> = Vec::new();
    for check in checks {
        if unique.len() < CHECKS && !unique.contains(&check) {
            unique.push(check);
        }
    }
    unique
}

fn by_category(fault: &Fault<'_>, target: &Target<'_>) -> Vec<Check> {
    let checks = match fault.category {
        Category::Dns => [target.resolve(), target.dig(), resolvers()],
        Category::ConnectRefused => [target.connect(), target.listening(), target.resolve()],
        Category::ConnectTimeout | Category::Timeout => {
            [target.connect(), target.resolve(), target.path()]
        }
        Category::Unreachable => [target.route(), target.path(), target.connect()],
        Category::TlsCertificate => [target.certificate(), target.handshake(), clock()],
        Category::TlsHandshake => [target.handshake(), target.plain(), target.connect()],
        Category::ConnectionReset => [target.connect(), target.ask(), target.sockets()],
        Category::ResponseTimeout | Category::Cancelled => {
            [target.ask(), target.sockets(), target.connect()]
        }
        Category::PoolExhausted => [target.sockets(), target.connect(), summary()],
        Category::Protocol => [target.ask(), target.handshake(), target.connect()],
        Category::RateLimited
        | Category::Unavailable
        | Category::Auth
        | Category::HttpClientError
        | Category::HttpServerError => [target.ask(), target.connect(), target.resolve()],
        Category::LocalResource => return local(fault, target),
        _ => [target.connect(), target.resolve(), target.path()],
    };
    checks.into_iter().flatten().collect()
}

/// What this machine tells where the line names nobody.
fn here(fault: &Fault<'_>) -> Vec<Check> {
    let checks = match fault.category {
        Category::Dns => {
            [resolvers(), check("getent hosts localhost", "whether lookups work at all"), None]
        }
        Category::ConnectTimeout => [
            check(
                "ss -tn state syn-sent",
                "connections that wait for an answer now, with the peer",
            ),
            summary(),
            None,
        ],
        _ => [
            check("ss -tnp", "the connections of this machine now, with peer and program"),
            summary(),
            check(
                "ss -tn state syn-sent",
                "connections that wait for an answer now, with the peer",
            ),
        ],
    };
    checks.into_iter().flatten().collect()
}

fn local(fault: &Fault<'_>, target: &Target<'_>) -> Vec<Check> {
    let checks = match (fault.reason, target.port) {
        (Some(Reason::AddressInUse), Some(port)) => [
            check(format!("ss -ltnp 'sport = :{port}'"), "which program has the port"),
            check(format!("ss -tan 'sport = :{port}'"), "connections that still hold it"),
            None,
        ],
        (Some(Reason::AddressInUse), None) => {
            [check("ss -ltnp", "which program has which port"), summary(), None]
        }
        (Some(Reason::AddressNotAvailable), _) => [
            summary(),
            check("sysctl net.ipv4.ip_local_port_range", "how many ports there are to call from"),
            check("ss -tan state time-wait | wc -l", "how many are held by ended connections"),
        ],
        _ => [
            check("ulimit -n", "how many files a program of this shell may open"),
            check("cat /proc/sys/fs/file-nr", "how many are open on this host, and the limit"),
            summary(),
        ],
    };
    checks.into_iter().flatten().collect()
}

fn resolvers() -> Option<Check> {
    check("cat /etc/resolv.conf", "which name servers are asked, and which domains are tried")
}

fn summary() -> Option<Check> {
    check("ss -s", "how many connections there are, in which state")
}

fn clock() -> Option<Check> {
    check("date -u", "whether this clock is right: certificates begin and end by it")
}

/// What commands can be given.
struct Target<'a> {
    host: Option<&'a str>,
    address: Option<String>,
    port: Option<u16>,
    url: Option<String>,
}

impl<'a> Target<'a> {
    fn of(fault: &'a Fault<'_>) -> Self {
        let Peer { server_address, server_port, peer_address, peer_port, .. } = &fault.peer;
        Target {
            host: server_address.as_deref().and_then(host),
            address: peer_address.map(|it| it.to_string()),
            port: server_port.or(*peer_port),
            url: fault.request.url.as_deref().and_then(url),
        }
    }

    /// The host, else its address.
    fn name(&self) -> Option<&str> {
        self.host.or(self.address.as_deref())
    }

    fn is_address(name: &str) -> bool {
        name.parse::<std::net::IpAddr>().is_ok()
    }

    /// `host:port`, an IPv6 address in brackets.
    fn authority(&self) -> Option<String> {
        let (name, port) = (self.name()?, self.port?);
        Some(if name.contains(':') { format!("[{name}]:{port}") } else { format!("{name}:{port}") })
    }

    fn resolve(&self) -> Option<Check> {
        let name = self.host.filter(|name| !Self::is_address(name))?;
        check(format!("getent ahosts {}", quoted(name)), "what the name means on this machine")
    }

    fn dig(&self) -> Option<Check> {
        let name = self.host.filter(|name| !Self::is_address(name))?;
        check(format!("dig +short {}", quoted(name)), "what the name server says, hosts file aside")
    }

    fn connect(&self) -> Option<Check> {
        let command = format!("nc -vz -w 3 {} {}", quoted(self.name()?), self.port?);
        check(command, "whether it can be reached from here")
    }

    fn listening(&self) -> Option<Check> {
        let port = self.port?;
        check(format!("ss -ltn 'sport = :{port}'"), "on that host: whether anything listens there")
    }

    fn path(&self) -> Option<Check> {
        check(format!("tracepath -n {}", quoted(self.name()?)), "how far packets get")
    }

    fn route(&self) -> Option<Check> {
        let address = self.host.filter(|it| Self::is_address(it)).or(self.address.as_deref())?;
        check(format!("ip route get {}", quoted(address)), "which way this machine sends packets")
    }

    fn sockets(&self) -> Option<Check> {
        let address = self.host.filter(|it| Self::is_address(it)).or(self.address.as_deref());
        match (address, self.port) {
            (Some(address), _) => {
                let filter = format!("dst {address}");
                check(format!("ss -tino {}", quoted(&filter)), "retransmissions and what is unread")
            }
            (None, Some(port)) => check(
                format!("ss -tino 'dport = :{port}'"),
                "open connections to that port: retransmissions and what is unread",
            ),
            (None, None) => None,
        }
    }

    fn certificate(&self) -> Option<Check> {
        let client = self.tls_client()?;
        let read = "openssl x509 -noout -subject -issuer -dates -ext subjectAltName";
        check(
            format!("{client} </dev/null 2>/dev/null | {read}"),
            "for whom the certificate is, from whom, and until when",
        )
    }

    fn handshake(&self) -> Option<Check> {
        check(format!("{} </dev/null", self.tls_client()?), "how far the handshake gets")
    }

    fn tls_client(&self) -> Option<String> {
        let connect = format!("openssl s_client -connect {}", quoted(&self.authority()?));
        let name = self.host.filter(|name| !Self::is_address(name));
        Some(match name {
            Some(name) => format!("{connect} -servername {}", quoted(name)),
            None => connect,
        })
    }

    fn plain(&self) -> Option<Check> {
        let url = format!("http://{}/", self.authority()?);
        check(
            format!("curl -sv -m 5 -o /dev/null {}", quoted(&url)),
            "whether it speaks plain HTTP",
        )
    }

    fn ask(&self) -> Option<Check> {
        let url = self.url.as_deref()?;
        let times = r"%{http_code} connect %{time_connect}s, first byte %{time_starttransfer}s\n";
        let command = format!("curl -sS -m 30 -o /dev/null -w '{times}' {}", quoted(url));
        check(command, "the status, and where the time goes")
    }
}
