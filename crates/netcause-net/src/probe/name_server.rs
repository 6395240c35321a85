//! What the name servers say themselves, when a lookup has failed: the resolver library tells
//! one that refuses from one that is silent by its time alone.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use netcause_fault::text_duration;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// A name server, and what it said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NameServer {
    /// Its address.
    pub address: SocketAddr,
    /// What it said when it was asked for an IPv4 address of the name.
    pub answer: NameServerAnswer,
    /// How long that took.
    pub elapsed: Duration,
}

/// What a name server said (RFC 1035 §4.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameServerAnswer {
    /// The name exists, with so many records.
    Records(u16),
    /// There is no such name: NXDOMAIN.
    NoSuchName,
    /// It does not want to answer: REFUSED.
    Refused,
    /// It could not answer: SERVFAIL.
    Failed,
    /// Any other code.
    Other(u8),
    /// Nothing listens on its port.
    Closed,
    /// It could not be asked: the number that the kernel reported.
    NotAsked(Option<i32>),
    /// Nothing came back.
    Silent,
}

impl fmt::Display for NameServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use NameServerAnswer as A;
        write!(f, "name server {}", self.address.ip())?;
        match self.answer {
            A::Records(0) => write!(f, " answered that the name has no IPv4 address"),
            A::Records(1) => write!(f, " answered with 1 record when asked itself"),
            A::Records(count) => write!(f, " answered with {count} records when asked itself"),
            A::NoSuchName => write!(f, " answered that there is no such name (NXDOMAIN)"),
            A::Refused => write!(f, " refused to answer (REFUSED)"),
            A::Failed => write!(f, " answered that it failed (SERVFAIL)"),
            A::Other(code) => write!(f, " answered with code {code}"),
            A::Closed => write!(f, ": nothing listens on its port 53, or it is rejected"),
            A::NotAsked(_) => write!(f, " could not be asked"),
            A::Silent => write!(f, " did not answer within {}", text_duration(self.elapsed)),
        }
    }
}

/// As many as the resolver library asks (resolv.conf(5), `MAXNS`).
const SERVERS: usize = 3;

/// A name server that has not answered by then is silent.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks every name server of this host for a name.
pub(super) async fn ask_all(name: &str, limit: Duration) -> Vec<NameServer> {
    let Some(question) = question(name) else { return Vec::new() };
    let Ok(text) = tokio::fs::read_to_string("/etc/resolv.conf").await else { return Vec::new() };
    let mut asked = JoinSet::new();
    for (index, address) in servers(&text).into_iter().enumerate() {
        let question = question.clone();
        asked.spawn(async move { (index, ask(address, &question, limit.min(PATIENCE)).await) });
    }
    let mut answers = asked.join_all().await;
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, server)| server).collect()
}

/// The name servers of a resolv.conf(5).
fn servers(text: &str) -> Vec<SocketAddr> {
    let named = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
    let addresses = named.filter_map(|it| it.split_whitespace().next()?.parse::<IpAddr>().ok());
    addresses.take(SERVERS).map(|address| SocketAddr::new(address, 53)).collect()
}

async fn ask(address: SocketAddr, question: &[u8], limit: Duration) -> NameServer {
    let started = std::time::Instant::now();
    let answer = match timeout(limit, exchange(address, question)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            NameServerAnswer::Closed
        }
        Ok(Err(error)) => NameServerAnswer::NotAsked(error.raw_os_error()),
        Err(_) => NameServerAnswer::Silent,
    };
    NameServer { address, answer, elapsed: started.elapsed().max(limit_if_silent(answer, limit)) }
}

/// A timer may end a moment early.
fn limit_if_silent(answer: NameServerAnswer, limit: Duration) -> Duration {
    if answer == NameServerAnswer::Silent { limit } else { Duration::ZERO }
}

async fn exchange(address: SocketAddr, question: &[u8]) -> io::Result<NameServerAnswer> {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(address).await?;
    socket.send(question).await?;
    let mut buffer = [0; 512];
    loop {
        let length = socket.recv(&mut buffer).await?;
        let datagram = buffer.get(..length).unwrap_or_default();
        if let Some(answer) = answer(datagram, question) {
            return Ok(answer);
        }
    }
}

/// A question for the address (type A) of a name (RFC 1035 §4.1); none where it is no name.
fn question(name: &str) -> Option<Vec<u8>> {
    const RECURSION_DESIRED: u8 = 1;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let id = (now.subsec_nanos() >> 4).to_ne_bytes();
    let mut bytes = vec![id[0], id[1], RECURSION_DESIRED, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.trim_end_matches('.').split('.') {
        let length = u8::try_from(label.len()).ok().filter(|it| (1..=63).contains(it))?;
        bytes.push(length);
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.extend_from_slice(&[0, 0, 1, 0, 1]);
    (bytes.len() <= 12 + 255 + 4).then_some(bytes)
}

/// What a datagram answers to that question; none where it is no answer to it.
fn answer(datagram: &[u8], question: &[u8]) -> Option<NameServerAnswer> {
    use NameServerAnswer as A;
    let head: &[u8; 12] = datagram.first_chunk()?;
    let is_answer = head[2] & 0x80 != 0 && question.starts_with(&head[..2]);
    is_answer.then(|| match head[3] & 0xf {
        0 => A::Records(u16::from_be_bytes([head[6], head[7]])),
        2 => A::Failed,
        3 => A::NoSuchName,
        5 => A::Refused,
        code => A::Other(code),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_servers_are_those_of_the_file() {
        let text = "# nameserver 192.0.2.9\nsearch a b\nnameserver 192.0.2.1\n nameserver 2001:db8::1 # x\n\
                    nameserver fe80::1%eth0\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n";
        let all: Vec<_> = servers(text).iter().map(ToString::to_string).collect();
        assert_eq!(all, ["192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.3:53"]);
    }

    #[test]
    fn a_question_has_the_labels_of_the_name() {
        let bytes = question("db.example.").expect("a name");
        assert_eq!(bytes.get(12..), Some(&b"\x02db\x07example\0\0\x01\0\x01"[..]));
        for name in ["", ".", "a..b", &"x".repeat(64), &"a.".repeat(200)] {
            assert_eq!(question(name), None, "{name}");
        }
    }

    #[test]
    fn an_answer_is_told_by_its_code() {
        let question = question("db").expect("a name");
        let reply = |code: u8, count: u8| {
            let mut bytes = question.clone();
            (bytes[2], bytes[3], bytes[7]) = (0x81, 0x80 | code, count);
            answer(&bytes, &question)
        };
        assert_eq!(reply(0, 2), Some(NameServerAnswer::Records(2)));
        assert_eq!(reply(3, 0), Some(NameServerAnswer::NoSuchName));
        assert_eq!(reply(5, 0), Some(NameServerAnswer::Refused));
        assert_eq!(reply(2, 0), Some(NameServerAnswer::Failed));
        assert_eq!(answer(&question, &question), None, "a question is no answer");
        assert_eq!(answer(&[0; 11], &question), None);
    }
}
