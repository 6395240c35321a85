//! A MongoDB server that says one thing: OP_MSG, and OP_QUERY for the first greeting.

use std::io;

use mongodb::bson::{Document, doc};
use tokio::net::TcpStream;

use crate::wire::{Wire, finish, read, send};

/// What the server says.
#[derive(Debug, Clone)]
pub(crate) enum Says {
    /// This, to every command that is no greeting.
    ToCommand(Document),
    /// That it is a member of a replica set without a primary.
    NoPrimary,
    /// Nothing: it closes when a command comes.
    Close,
}

/// An error reply.
pub(crate) fn error(code: i32, name: &str, message: &str) -> Says {
    Says::ToCommand(doc! { "ok": 0.0, "errmsg": message, "code": code, "codeName": name })
}

/// A server of that kind.
pub(crate) async fn server(says: Says) -> io::Result<Wire> {
    Wire::serve(move |stream| serve(stream, says.clone())).await
}

const REPLY: i32 = 1;
const QUERY: i32 = 2004;
const MESSAGE: i32 = 2013;

async fn serve(mut stream: TcpStream, says: Says) -> io::Result<()> {
    let address = stream.local_addr()?.to_string();
    loop {
        let head = read(&mut stream, 16).await?;
        let body = read(&mut stream, usize::try_from(number(&head, 0) - 16).unwrap_or(0)).await?;
        let (request, kind) = (number(&head, 4), number(&head, 12));
        if kind == QUERY {
            send(&mut stream, &reply(request, &hello(&says, &address))).await?;
            continue;
        }
        let command = Document::from_reader(body.get(5..).unwrap_or_default());
        let command = command.map_err(io::Error::other)?;
        let is_greeting = command.contains_key("hello") || command.contains_key("isMaster");
        let answer = match (&says, is_greeting) {
            (_, true) => hello(&says, &address),
            (Says::ToCommand(answer), false) => answer.clone(),
            _ => return finish(&mut stream).await,
        };
        send(&mut stream, &message(request, &answer)).await?;
    }
}

fn number(bytes: &[u8], at: usize) -> i32 {
    let bytes = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    bytes.map_or(0, i32::from_le_bytes)
}

fn hello(says: &Says, address: &str) -> Document {
    let mut hello = doc! {
        "ok": 1.0,
        "helloOk": true,
        "minWireVersion": 0,
        "maxWireVersion": 21,
        "maxBsonObjectSize": 16 << 20,
        "maxMessageSizeBytes": 48 << 20,
        "maxWriteBatchSize": 100_000,
    };
    if let Says::NoPrimary = says {
        hello.extend(
            doc! { "setName": "rs0", "secondary": true, "me": address, "hosts": [address] },
        );
    } else {
        hello.insert("ismaster", true);
        hello.insert("isWritablePrimary", true);
    }
    hello
}

/// OP_REPLY: flags, cursor, start, and one document.
fn reply(to: i32, answer: &Document) -> Vec<u8> {
    let mut body = vec![0; 16];
    body.extend_from_slice(&1_i32.to_le_bytes());
    framed(REPLY, to, body, answer)
}

/// OP_MSG: flags, and one section of kind 0.
fn message(to: i32, answer: &Document) -> Vec<u8> {
    framed(MESSAGE, to, vec![0; 5], answer)
}

fn framed(kind: i32, to: i32, mut body: Vec<u8>, answer: &Document) -> Vec<u8> {
    answer.to_writer(&mut body).unwrap();
    let length = i32::try_from(body.len() + 16).unwrap();
    let head = [length, 1, to, kind].map(i32::to_le_bytes).concat();
    [head, body].concat()
}
