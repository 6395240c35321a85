//! [`DnsServer`]: a name server that answers wrongly in one way.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// What a name server does with every question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Answers with a response code (RFC 1035 §4.1.1) and no records: 0 is "the name
    /// exists, without such a record", 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED.
    Code(u8),
    /// Gives the address, to questions for IPv4 addresses.
    Address(Ipv4Addr),
    /// Reads and says nothing.
    Nothing,
    /// Answers with what is no answer.
    Garbage,
}

/// A name server over UDP; ends when it is dropped.
#[derive(Debug)]
pub struct DnsServer {
    /// Where it listens.
    pub addr: SocketAddr,
    task: JoinHandle<()>,
}

impl DnsServer {
    /// Starts one on the loopback interface.
    ///
    /// # Errors
    ///
    /// When the port is taken.
    pub async fn start(port: u16, answers: Answers) -> io::Result<Self> {
        let socket = UdpSocket::bind((IpAddr::from(Ipv4Addr::LOCALHOST), port)).await?;
        let addr = socket.local_addr()?;
        Ok(DnsServer { addr, task: tokio::spawn(serve(socket, answers)) })
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(socket: UdpSocket, answers: Answers) {
    let mut buffer = [0; 1500];
    loop {
        // A client that is gone may leave an error on the socket.
        let Ok((length, client)) = socket.recv_from(&mut buffer).await else { continue };
        let Some(answer) = buffer.get(..length).and_then(|question| answer(question, answers))
        else {
            continue;
        };
        let _ = socket.send_to(&answer, client).await;
    }
}

fn answer(question: &[u8], answers: Answers) -> Option<Vec<u8>> {
    const HEADER: usize = 12;
    let name = question.get(HEADER..)?.iter().position(|byte| *byte == 0)?;
    let end = HEADER + name + 5;
    let kind = question.get(end - 3).copied()?;
    let (code, address) = match answers {
        Answers::Nothing => return None,
        Answers::Garbage => return Some([question.get(..2)?, b"\x81\x80nonsense"].concat()),
        Answers::Code(code) => (code, None),
        Answers::Address(address) => (0, Some(address).filter(|_| kind == 1)),
    };
    let mut answer = question.get(..end)?.to_vec();
    // A response, recursion desired and available; one question, none but the answer.
    let head = [0x81, 0x80 | code, 0, 1, 0, u8::from(address.is_some()), 0, 0, 0, 0];
    answer.get_mut(2..HEADER)?.copy_from_slice(&head);
    if let Some(address) = address {
        // The name of the question, A, IN, for a minute, four bytes.
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address.octets());
    }
    Some(answer)
}
