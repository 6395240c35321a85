//! The h2 crate, against peers that reset streams, go away or speak no HTTP/2.

use bytes::Bytes;
use h2::Reason as Code;
use netcause_cli::peers::{Peer, Script, scripts};
use netcause_client_tests::{Case, Expect, Failure, Outcome, fault};
use netcause_fault::{Category, Reason};
use tokio::net::{TcpListener, TcpStream};

use crate::expect::{CLOSED, GONE, NOT_THE_PROTOCOL};

const STREAM_RESET: Expect =
    fault(Category::ConnectionReset).reason(&[Reason::StreamReset]).display_tells();
const STREAM_REFUSED: Expect =
    fault(Category::ConnectionReset).reason(&[Reason::StreamRefused]).display_tells();
/// A text may as well be read as the name of the code alone.
const ACCUSED: Expect = STREAM_RESET.also(&[Category::Protocol]);
/// The peer's word for too many requests, pings or resets (RFC 9113 §7).
const CALM: Expect = fault(Category::RateLimited).display_tells();
const GONE_AWAY: Expect = CLOSED.display_tells();

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = streams();
    cases.extend(goodbyes());
    cases.extend(connections());
    cases
}

/// What a server does with the one request it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// Resets the stream, before it answers.
    Reset(Code),
    /// Answers with the head, then resets the stream.
    ResetInBody(Code),
    /// Ends the connection.
    GoAway(Code),
    /// Answers with a status, headers and a body.
    Whole(u16, &'static [(&'static str, &'static str)], &'static str),
    /// Ends the stream after half of a message, without a status.
    HalfMessage,
    /// Answers with the head, then drops the connection.
    DropInBody,
}

/// A server of HTTP/2 for one connection; returns its port.
pub(crate) async fn serve(answer: Answer) -> std::io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.ok()?;
        let mut connection = h2::server::handshake(stream).await.ok()?;
        while let Some(request) = connection.accept().await {
            let (_, respond) = request.ok()?;
            match answer {
                Answer::GoAway(code) => connection.abrupt_shutdown(code),
                _ => begin(answer, respond, &mut connection).await?,
            }
        }
        Some(())
    });
    Ok(port)
}

type Connection = h2::server::Connection<TcpStream, Bytes>;

/// Answers one request; nothing if the connection is to be dropped.
async fn begin(
    answer: Answer,
    mut respond: h2::server::SendResponse<Bytes>,
    connection: &mut Connection,
) -> Option<()> {
    let (status, headers, body) = match answer {
        Answer::Reset(code) => {
            respond.send_reset(code);
            return Some(());
        }
        Answer::Whole(status, headers, body) => (status, headers, body),
        _ => (200, &[("content-type", "application/grpc")][..], "\0\0\0\0\x09half"),
    };
    let mut head = http::Response::builder().status(status);
    for (name, value) in headers {
        head = head.header(*name, *value);
    }
    let is_whole = matches!(answer, Answer::Whole(..) | Answer::HalfMessage);
    let head = head.body(()).ok()?;
    let mut stream = respond.send_response(head, is_whole && body.is_empty()).ok()?;
    if body.is_empty() {
        return Some(());
    }
    stream.send_data(Bytes::from_static(body.as_bytes()), is_whole).ok()?;
    if is_whole {
        return Some(());
    }
    // The client has to have read that before the end.
    let pause = tokio::time::sleep(std::time::Duration::from_millis(50));
    tokio::select! { _ = connection.accept() => {}, () = pause => {} }
    match answer {
        Answer::ResetInBody(code) => stream.send_reset(code),
        _ => return None,
    }
    Some(())
}

async fn request(port: u16) -> Outcome {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let (sender, connection) = h2::client::handshake(stream).await?;
    let connection = tokio::spawn(connection);
    let outcome = Failure::of(exchange(sender).await);
    connection.abort();
    outcome
}

async fn exchange(sender: h2::client::SendRequest<Bytes>) -> Result<(), h2::Error> {
    let mut sender = sender.ready().await?;
    let request = http::Request::get("http://peer.test/").body(()).expect("a request");
    let (response, _) = sender.send_request(request, true)?;
    let mut body = response.await?.into_body();
    while let Some(data) = body.data().await {
        let _ = body.flow_control().release_capacity(data?.len());
    }
    Ok(())
}

fn streams() -> Vec<Case> {
    [
        ("REFUSED_STREAM", Answer::Reset(Code::REFUSED_STREAM), STREAM_REFUSED),
        ("RST_STREAM INTERNAL_ERROR", Answer::Reset(Code::INTERNAL_ERROR), STREAM_RESET),
        ("RST_STREAM CANCEL", Answer::Reset(Code::CANCEL), STREAM_RESET),
        ("RST_STREAM PROTOCOL_ERROR", Answer::Reset(Code::PROTOCOL_ERROR), ACCUSED),
        ("RST_STREAM ENHANCE_YOUR_CALM", Answer::Reset(Code::ENHANCE_YOUR_CALM), CALM),
        ("RST_STREAM HTTP_1_1_REQUIRED", Answer::Reset(Code::HTTP_1_1_REQUIRED), STREAM_RESET),
        ("RST_STREAM in the body", Answer::ResetInBody(Code::INTERNAL_ERROR), STREAM_RESET),
    ]
    .into_iter()
    .map(case)
    .collect()
}

fn goodbyes() -> Vec<Case> {
    [
        ("GOAWAY NO_ERROR", Answer::GoAway(Code::NO_ERROR), GONE_AWAY),
        ("GOAWAY INTERNAL_ERROR", Answer::GoAway(Code::INTERNAL_ERROR), GONE_AWAY),
        ("GOAWAY PROTOCOL_ERROR", Answer::GoAway(Code::PROTOCOL_ERROR), GONE_AWAY),
    ]
    .into_iter()
    .map(case)
    .collect()
}

fn case((name, answer, expect): (&'static str, Answer, Expect)) -> Case {
    Case::new("h2", name, expect, move || async move { request(serve(answer).await?).await })
}

fn connections() -> Vec<Case> {
    [
        ("HTTP/1.1 server", NOT_THE_PROTOCOL.display_tells(), scripts::status(400, &[])),
        ("SSH server", NOT_THE_PROTOCOL.display_tells(), scripts::ssh()),
        ("closes", CLOSED, Script::new().read_head().finish()),
        ("resets", GONE.display_tells(), Script::new().read_head().reset()),
    ]
    .into_iter()
    .map(|(name, expect, script)| {
        Case::new("h2", name, expect, move || async move {
            let peer = Peer::scripted(script).await?;
            request(peer.port()).await
        })
    })
    .collect()
}
