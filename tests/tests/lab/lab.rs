//! [`Lab`]: a client, a router, a server and a name server, each a machine of its own.

use std::io;
use std::io::Write;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU8, Ordering};

use tempfile::NamedTempFile;

use crate::names::Names;
use crate::place::Place;

/// Set where the lab has to run: what a machine cannot do is an error then, and no reason to
/// skip.
const REQUIRED: &str = "LAB_REQUIRED";

/// Four machines on networks of their own:
///
/// ```text
///  client 10.N.1.2 ---- 10.N.1.1 router 10.N.2.1 ---- 10.N.2.2 server
///         fd77:N:1::2                 10.N.3.1 ---- 10.N.3.2 name server
/// ```
///
/// `N` is another one for each lab of this process, as what the process knows of its peers is
/// for all of them.
#[derive(Debug)]
pub(crate) struct Lab {
    pub(crate) client: Place,
    pub(crate) router: Place,
    pub(crate) server: Place,
    pub(crate) names: Names,
    number: u8,
    _resolver: Place,
    _resolv_conf: NamedTempFile,
}

static NUMBER: AtomicU8 = AtomicU8::new(1);

impl Lab {
    /// A lab, or none with a printed reason where this machine cannot have one.
    pub(crate) fn build() -> Option<Lab> {
        match Lab::try_build() {
            Ok(lab) => Some(lab),
            Err(error) if std::env::var_os(REQUIRED).is_some() => panic!("no lab: {error}"),
            Err(error) => {
                println!("SKIPPED: no network namespaces with a firewall here: {error}");
                None
            }
        }
    }

    fn try_build() -> io::Result<Lab> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let [client, router, server, resolver] =
            [Place::start()?, Place::start()?, Place::start()?, Place::start()?];
        for (net, place) in [(1, &client), (2, &server), (3, &resolver)] {
            wire(number, net, &router, place)?;
        }
        router.try_shell(
            "cd /proc/sys/net
             echo 1 > ipv4/ip_forward
             echo 1 > ipv6/conf/all/forwarding
             echo 0 > ipv4/icmp_ratelimit
             echo 0 > ipv6/icmp/ratelimit",
        )?;
        let mut resolv_conf = NamedTempFile::new()?;
        writeln!(resolv_conf, "nameserver 10.{number}.3.2\noptions timeout:2 attempts:2")?;
        let path = resolv_conf.path().display().to_string();
        client.try_shell(&format!("mount --bind {path} /etc/resolv.conf"))?;
        let names = Names::start(&resolver);
        Ok(Lab {
            client,
            router,
            server,
            names,
            number,
            _resolver: resolver,
            _resolv_conf: resolv_conf,
        })
    }

    /// The machine `host` of network `net` over IPv4: the router is 1, all others are 2.
    pub(crate) fn v4(&self, net: u8, host: u8) -> IpAddr {
        [10, self.number, net, host].into()
    }

    /// The same over IPv6.
    pub(crate) fn v6(&self, net: u16, host: u16) -> IpAddr {
        [0xfd77, self.number.into(), net, 0, 0, 0, 0, host].into()
    }

    /// The server's addresses.
    pub(crate) fn server_addresses(&self) -> [IpAddr; 2] {
        [self.v4(2, 2), self.v6(2, 2)]
    }

    /// The router's addresses, as the client sees them.
    pub(crate) fn router_addresses(&self) -> [IpAddr; 2] {
        [self.v4(1, 1), self.v6(1, 1)]
    }

    /// The server's name, which it has for both addresses.
    pub(crate) fn server_name(&self) -> String {
        let name = format!("server.lab{}.test", self.number);
        self.names.set(&name, &self.server_addresses());
        name
    }

    /// Another name of that lab.
    pub(crate) fn name(&self, first: &str) -> String {
        format!("{first}.lab{}.test", self.number)
    }
}

/// Plugs a place into the router.
fn wire(number: u8, net: u8, router: &Place, place: &Place) -> io::Result<()> {
    let (v4, v6) = (format!("10.{number}.{net}"), format!("fd77:{number:x}:{net}:"));
    let id = place.id();
    router.try_shell(&format!(
        "ip link add net{net} type veth peer name eth0 netns {id}
         ip address add {v4}.1/24 dev net{net}
         ip address add {v6}:1/64 dev net{net}
         ip link set net{net} up"
    ))?;
    place.try_shell(&format!(
        "ip address add {v4}.2/24 dev eth0
         ip address add {v6}:2/64 dev eth0
         ip link set eth0 up
         ip route add default via {v4}.1
         ip route add default via {v6}:1"
    ))
}
