//! A MySQL server that says one thing: protocol version 10.

use std::io;

use tokio::net::TcpStream;

use crate::wire::{Wire, finish, read, send};

/// What the server says, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Says {
    /// Instead of greeting.
    AtStart(Report),
    /// Instead of letting the client in.
    ToLogin(Report),
    /// In answer to a query.
    ToQuery(Report),
    /// Nothing: it closes when a query comes.
    CloseOnQuery,
}

/// An ERR packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report {
    pub(crate) number: u16,
    pub(crate) state: &'static str,
    pub(crate) message: &'static str,
}

pub(crate) const fn report(number: u16, state: &'static str, message: &'static str) -> Report {
    Report { number, state, message }
}

/// A server of that kind.
pub(crate) async fn server(says: Says) -> io::Result<Wire> {
    Wire::serve(move |stream| serve(stream, says)).await
}

async fn serve(mut stream: TcpStream, says: Says) -> io::Result<()> {
    if let Says::AtStart(report) = says {
        send(&mut stream, &packet(0, &error(report, false))).await?;
        return finish(&mut stream).await;
    }
    send(&mut stream, &packet(0, &greeting())).await?;
    let (number, _) = next(&mut stream).await?;
    if let Says::ToLogin(report) = says {
        send(&mut stream, &packet(number + 1, &error(report, true))).await?;
        return finish(&mut stream).await;
    }
    send(&mut stream, &packet(number + 1, OK)).await?;
    loop {
        let (number, command) = next(&mut stream).await?;
        let is_setting = command.get(1..4).is_some_and(|it| it.eq_ignore_ascii_case(b"SET"));
        let answer = match (command.first(), says) {
            (Some(&COM_QUIT) | None, _) => return finish(&mut stream).await,
            _ if is_setting => OK.to_vec(),
            (_, Says::ToQuery(report)) => error(report, true),
            _ => return finish(&mut stream).await,
        };
        send(&mut stream, &packet(number + 1, &answer)).await?;
    }
}

const COM_QUIT: u8 = 1;
const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];

/// Reads one packet: its number, and what is in it.
async fn next(stream: &mut TcpStream) -> io::Result<(u8, Vec<u8>)> {
    let head = read(stream, 4).await?;
    let length = head.iter().take(3).rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    Ok((head.last().copied().unwrap_or_default(), read(stream, length).await?))
}

/// A packet: the length in three bytes, the number, and what is in it.
fn packet(number: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes();
    let mut packet = length.get(..3).unwrap_or_default().to_vec();
    packet.push(number);
    packet.extend_from_slice(body);
    packet
}

/// The server's greeting: protocol 4.1 with `mysql_native_password`, and no TLS.
fn greeting() -> Vec<u8> {
    const PROTOCOL_41: u32 = 1 << 9;
    const SECURE_CONNECTION: u32 = 1 << 15;
    const PLUGIN_AUTH: u32 = 1 << 19;
    const CONNECT_WITH_DB: u32 = 1 << 3;
    const DEPRECATE_EOF: u32 = 1 << 24;
    let capabilities =
        (PROTOCOL_41 | SECURE_CONNECTION | PLUGIN_AUTH | CONNECT_WITH_DB | DEPRECATE_EOF)
            .to_le_bytes();
    let (low, high) = capabilities.split_at(2);
    [
        &[10][..],
        b"8.0.36\0",
        &7_u32.to_le_bytes(),
        b"saltsalt\0",
        low,
        &[45, 2, 0],
        high,
        &[21],
        &[0; 10],
        b"moresaltmore\0",
        b"mysql_native_password\0",
    ]
    .concat()
}

/// An ERR packet; before the greeting there is no SQLSTATE in it.
fn error(report: Report, has_state: bool) -> Vec<u8> {
    let state = if has_state { format!("#{}", report.state) } else { String::new() };
    [&[0xff][..], &report.number.to_le_bytes(), state.as_bytes(), report.message.as_bytes()]
        .concat()
}
