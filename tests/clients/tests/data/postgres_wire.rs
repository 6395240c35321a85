//! A PostgreSQL server that says one thing: frontend/backend protocol 3.0.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;

use crate::wire::{Wire, finish, read, send};

/// What the server says, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Says {
    /// Instead of letting the client in.
    AtStart(Report),
    /// In answer to a query; a fatal one ends the connection.
    ToQuery(Report),
    /// Nothing: it closes when a query comes.
    CloseOnQuery,
    /// Nothing: it never answers a query.
    HangOnQuery,
    /// In answer to a query, what no server says.
    GarbageOnQuery,
}

/// An ErrorResponse.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report {
    pub(crate) severity: &'static str,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

pub(crate) const fn fatal(code: &'static str, message: &'static str) -> Report {
    Report { severity: "FATAL", code, message }
}

pub(crate) const fn error(code: &'static str, message: &'static str) -> Report {
    Report { severity: "ERROR", code, message }
}

/// A server of that kind.
pub(crate) async fn server(says: Says) -> io::Result<Wire> {
    Wire::serve(move |stream| serve(stream, says)).await
}

const SSL_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;

async fn serve(mut stream: TcpStream, says: Says) -> io::Result<()> {
    greet(&mut stream).await?;
    if let Says::AtStart(report) = says {
        send(&mut stream, &response(report)).await?;
        return finish(&mut stream).await;
    }
    send(&mut stream, &welcome()).await?;
    loop {
        let kind = stream.read_u8().await?;
        let length = stream.read_u32().await?.saturating_sub(4);
        read(&mut stream, length as usize).await?;
        match (kind, says) {
            (b'X', _) => return finish(&mut stream).await,
            (b'P' | b'Q', Says::ToQuery(report)) => {
                send(&mut stream, &response(report)).await?;
                if report.severity == "FATAL" {
                    return finish(&mut stream).await;
                }
                if kind == b'Q' {
                    send(&mut stream, &ready()).await?;
                }
            }
            (b'P' | b'Q', Says::CloseOnQuery) => return finish(&mut stream).await,
            (b'P' | b'Q', Says::GarbageOnQuery) => {
                send(&mut stream, b"?\0\0\0\x08nope").await?;
                return finish(&mut stream).await;
            }
            (b'S', Says::ToQuery(_)) => send(&mut stream, &ready()).await?,
            _ => {}
        }
    }
}

/// Reads up to the startup message; there is no TLS here.
async fn greet<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<()> {
    loop {
        let length = stream.read_u32().await?.saturating_sub(8);
        let code = stream.read_u32().await?;
        read(stream, length as usize).await?;
        if !matches!(code, SSL_REQUEST | GSS_REQUEST) {
            return Ok(());
        }
        send(stream, b"N").await?;
    }
}

/// One message: its kind, its length with that of the length itself, and what it says.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    [&[kind][..], &length.to_be_bytes(), body].concat()
}

fn welcome() -> Vec<u8> {
    let allowed = message(b'R', &0_u32.to_be_bytes());
    let parameters = [("server_version", "15.0"), ("client_encoding", "UTF8")]
        .map(|(name, value)| message(b'S', format!("{name}\0{value}\0").as_bytes()));
    let key = message(b'K', &[0; 8]);
    [allowed, parameters.concat(), key, ready()].concat()
}

fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

fn response(report: Report) -> Vec<u8> {
    let Report { severity, code, message: text } = report;
    let fields = [
        format!("S{severity}"),
        format!("V{severity}"),
        format!("C{code}"),
        format!("M{text}"),
        "Fpostgres.c".to_owned(),
        "L3319".to_owned(),
        "RProcessInterrupts".to_owned(),
    ];
    message(b'E', format!("{}\0\0", fields.join("\0")).as_bytes())
}
