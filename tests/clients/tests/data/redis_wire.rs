//! A Redis server that says one thing: RESP2.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::wire::{Wire, finish};

/// What the server says to every command that is not about the connection itself.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Says {
    /// This line, without its line break.
    Line(&'static str),
    /// This line, to `AUTH` and `HELLO` as well.
    AtOnce(&'static str),
    /// This line as soon as the client is there, and then it closes.
    Unasked(&'static str),
    /// Nothing: it closes.
    Close,
    /// Nothing: it never answers.
    Hang,
}

/// A server of that kind.
pub(crate) async fn server(says: Says) -> io::Result<Wire> {
    Wire::serve(move |stream| serve(stream, says)).await
}

async fn serve(stream: TcpStream, says: Says) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    if let Says::Unasked(line) = says {
        stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        return finish(&mut stream).await;
    }
    loop {
        let command = command(&mut stream).await?;
        let line = match (command.as_str(), says) {
            ("CLIENT" | "SELECT", _) => "+OK",
            ("AUTH" | "HELLO", Says::AtOnce(line)) => line,
            ("AUTH" | "HELLO", _) => "+OK",
            (_, Says::Line(line) | Says::AtOnce(line) | Says::Unasked(line)) => line,
            (_, Says::Close) => return finish(&mut stream).await,
            (_, Says::Hang) => continue,
        };
        stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    }
}

/// Reads one command, an array of bulk strings, and returns its name.
async fn command(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut name = None;
    for _ in 0..number(stream).await? {
        let length = number(stream).await?;
        let mut word = vec![0; length + 2];
        stream.read_exact(&mut word).await?;
        word.truncate(length);
        name.get_or_insert_with(|| String::from_utf8_lossy(&word).to_uppercase());
    }
    Ok(name.unwrap_or_default())
}

/// The number in a line such as `*3` or `$11`.
async fn number(stream: &mut BufReader<TcpStream>) -> io::Result<usize> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    line.trim()
        .get(1..)
        .and_then(|digits| digits.parse().ok())
        .ok_or(io::ErrorKind::InvalidData.into())
}
