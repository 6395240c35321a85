//! [`Names`]: a name server that answers as it is told.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::UdpSocket;

use crate::place::Place;

/// What it does with a question (RFC 1035 §4.1.1 for the codes).
#[derive(Debug, Clone)]
enum Answer {
    Addresses(Vec<IpAddr>),
    Code(u8),
    Silence,
}

pub(crate) const REFUSED: u8 = 5;

/// Answers questions over UDP; a name that it was not told does not exist.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    answers: Arc<Mutex<HashMap<String, Answer>>>,
}

impl Names {
    /// Starts one in a place, on port 53 of all its addresses.
    pub(crate) fn start(place: &Place) -> Names {
        let names = Names { answers: Arc::default() };
        let serving = names.clone();
        place.run(|| async move {
            let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 53)).await.expect("port 53");
            tokio::task::spawn_local(serving.serve(socket));
        });
        names
    }

    /// Gives a name these addresses.
    pub(crate) fn set(&self, name: &str, addresses: &[IpAddr]) {
        self.answer(name, Answer::Addresses(addresses.to_vec()));
    }

    /// Answers questions for a name with a code.
    pub(crate) fn fail(&self, name: &str, code: u8) {
        self.answer(name, Answer::Code(code));
    }

    /// Says nothing to questions for a name.
    pub(crate) fn silence(&self, name: &str) {
        self.answer(name, Answer::Silence);
    }

    fn answer(&self, name: &str, answer: Answer) {
        self.lock().insert(name.to_owned(), answer);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Answer>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self, socket: UdpSocket) {
        let mut buffer = [0; 1500];
        loop {
            // A client that is gone may leave an error on the socket.
            let Ok((length, client)) = socket.recv_from(&mut buffer).await else { continue };
            if let Some(reply) = buffer.get(..length).and_then(|it| self.reply(it)) {
                let _ = socket.send_to(&reply, client).await;
            }
        }
    }

    fn reply(&self, question: &[u8]) -> Option<Vec<u8>> {
        let (name, end) = read_name(question)?;
        let is_v6 = *question.get(end - 3)? == AAAA;
        let known = self.lock().get(&name).cloned();
        let (code, addresses) = match known.unwrap_or(Answer::Code(NO_SUCH_NAME)) {
            Answer::Silence => return None,
            Answer::Code(code) => (code, Vec::new()),
            Answer::Addresses(all) => {
                (0, all.into_iter().filter(|it| it.is_ipv6() == is_v6).collect())
            }
        };
        let mut reply = question.get(..end)?.to_vec();
        let count = u8::try_from(addresses.len()).ok()?;
        // A response, recursion desired and available; one question, so many answers.
        let head = [0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0];
        reply.get_mut(2..HEADER)?.copy_from_slice(&head);
        for address in addresses {
            // The name of the question, IN, not to be kept.
            reply.extend([0xc0, 12, 0, if is_v6 { AAAA } else { 1 }, 0, 1, 0, 0, 0, 0, 0]);
            match address {
                IpAddr::V4(it) => reply.extend([&[4][..], &it.octets()].concat()),
                IpAddr::V6(it) => reply.extend([&[16][..], &it.octets()].concat()),
            }
        }
        Some(reply)
    }
}

const HEADER: usize = 12;
const NO_SUCH_NAME: u8 = 3;
const AAAA: u8 = 28;

/// The name that is asked for, and where the question ends.
fn read_name(question: &[u8]) -> Option<(String, usize)> {
    let mut at = HEADER;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*question.get(at)?);
        if length == 0 {
            return Some((labels.join("."), at + 5));
        }
        let label = question.get(at + 1..at + 1 + length)?;
        labels.push(String::from_utf8_lossy(label).to_lowercase());
        at += 1 + length;
    }
}
