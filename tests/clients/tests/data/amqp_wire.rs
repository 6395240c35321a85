//! A broker that says one thing: AMQP 0-9-1.

use std::io;

use tokio::net::TcpStream;

use crate::wire::{Wire, finish, read, send};

/// What the broker says, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Says {
    /// Closes the connection instead of accepting the login.
    ToLogin(u16, &'static str),
    /// Closes the connection instead of opening the virtual host.
    ToOpen(u16, &'static str),
    /// Closes the channel in answer to the first command on it.
    ToCommand(u16, &'static str),
    /// Closes the connection in answer to the first command on a channel.
    Forced(u16, &'static str),
}

/// A broker of that kind.
pub(crate) async fn server(says: Says) -> io::Result<Wire> {
    Wire::serve(move |stream| serve(stream, says)).await
}

const CONNECTION: u16 = 10;
const CHANNEL: u16 = 20;

async fn serve(mut stream: TcpStream, says: Says) -> io::Result<()> {
    read(&mut stream, 8).await?;
    send(&mut stream, &method(0, CONNECTION, 10, &start())).await?;
    loop {
        let frame = next(&mut stream).await?;
        let answer = match (frame.class, frame.method, says) {
            (CONNECTION, 11, Says::ToLogin(code, text)) => close(0, CONNECTION, code, text),
            (CONNECTION, 11, _) => method(0, CONNECTION, 30, &[7, 255, 0, 2, 0, 0, 0, 0]),
            (CONNECTION, 40, Says::ToOpen(code, text)) => close(0, CONNECTION, code, text),
            (CONNECTION, 40, _) => method(0, CONNECTION, 41, &[0]),
            (CONNECTION, 50, _) => method(0, CONNECTION, 51, &[]),
            (CONNECTION, 51, _) => return finish(&mut stream).await,
            (CHANNEL, 10, _) => method(frame.channel, CHANNEL, 11, &[0; 4]),
            (CONNECTION | CHANNEL, ..) => continue,
            (_, _, Says::ToCommand(code, text)) => close(frame.channel, CHANNEL, code, text),
            (_, _, Says::Forced(code, text)) => close(0, CONNECTION, code, text),
            _ => continue,
        };
        send(&mut stream, &answer).await?;
    }
}

struct Frame {
    channel: u16,
    class: u16,
    method: u16,
}

/// Reads on to the next method frame: kind, channel, length, what it says, an end mark.
async fn next(stream: &mut TcpStream) -> io::Result<Frame> {
    loop {
        let head = read(stream, 7).await?;
        let body = read(stream, number(&head, 3, 4) + 1).await?;
        if head.first() == Some(&1) {
            let short = |bytes, at| u16::try_from(number(bytes, at, 2)).unwrap_or_default();
            return Ok(Frame {
                channel: short(&head, 1),
                class: short(&body, 0),
                method: short(&body, 2),
            });
        }
    }
}

fn number(bytes: &[u8], at: usize, length: usize) -> usize {
    let digits = bytes.iter().skip(at).take(length);
    digits.fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

fn method(channel: u16, class: u16, method: u16, arguments: &[u8]) -> Vec<u8> {
    let body = [&class.to_be_bytes()[..], &method.to_be_bytes(), arguments].concat();
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    [&[1][..], &channel.to_be_bytes(), &length.to_be_bytes(), &body, &[0xce]].concat()
}

/// Version 0-9, no properties, one mechanism, one locale.
fn start() -> Vec<u8> {
    let long = |text: &str| {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        [&length.to_be_bytes()[..], text.as_bytes()].concat()
    };
    [&[0, 9][..], &[0; 4], &long("PLAIN AMQPLAIN"), &long("en_US")].concat()
}

/// The method that closes a connection, or a channel.
fn close(channel: u16, class: u16, code: u16, text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
    let arguments = [&code.to_be_bytes()[..], &[length], text.as_bytes(), &[0; 4]].concat();
    method(channel, class, if class == CHANNEL { 40 } else { 50 }, &arguments)
}
