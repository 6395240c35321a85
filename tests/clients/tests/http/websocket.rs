//! tokio-tungstenite: the handshake, and what comes after it.

use netcause_cli::peers::{Leaf, Peer, Script, TlsOptions, TlsVersions, scripts};
use netcause_client_tests::{Case, Expect, Failure, LIMIT, NO_HOST, Outcome, fault, world};
use netcause_fault::{Category, Reason};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::{Connector, connect_async, connect_async_tls_with_config};

use crate::expect::{
    CLOSED, GONE, NO_SUCH_HOST, NOT_THE_PROTOCOL, REFUSED, RESET, TIMEOUT, certificate, code,
    handshake,
};
use crate::hyper::UNTRUSTED;

const LABEL: &str = "tokio-tungstenite";

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = dialing();
    cases.extend(answers());
    cases.extend(tls());
    cases.extend(standing());
    cases
}

async fn open(url: String) -> Outcome {
    Failure::of(connect_async(url).await)
}

fn dialing() -> Vec<Case> {
    vec![
        Case::new(LABEL, "closed port", REFUSED, || async {
            open(format!("ws://{}/", Peer::closed_port()?.addr)).await
        }),
        Case::new(LABEL, "no such host", NO_SUCH_HOST.display_tells(), || async {
            open(format!("ws://{NO_HOST}/")).await
        }),
        Case::new(LABEL, "silent, timeout()", TIMEOUT, || async {
            let peer = Peer::silent().await?;
            let call = connect_async(format!("ws://{}/", peer.addr));
            Failure::of(tokio::time::timeout(LIMIT, call).await)
        }),
    ]
}

/// Answers to the handshake.
fn answers() -> Vec<Case> {
    [
        ("closes on request", CLOSED, scripts::no_answer()),
        ("resets on request", RESET, scripts::reset_on_request()),
        ("garbage", NOT_THE_PROTOCOL.display_tells(), scripts::garbage()),
        (
            "not a WebSocket",
            fault(Category::Protocol).display_tells(),
            scripts::answer(200, &[], "hi"),
        ),
        ("upgrade without a key", fault(Category::Protocol).display_tells(), upgrade()),
        ("status 401", code(Category::Auth, "401").display_tells(), scripts::status(401, &[])),
        ("status 403", code(Category::Auth, "403").display_tells(), scripts::status(403, &[])),
        (
            "status 404",
            code(Category::HttpClientError, "404").display_tells(),
            scripts::status(404, &[]),
        ),
        (
            "status 502",
            code(Category::HttpServerError, "502").display_tells(),
            scripts::status(502, &[]),
        ),
        (
            "status 503",
            code(Category::Unavailable, "503").display_tells(),
            scripts::status(503, &[]),
        ),
    ]
    .into_iter()
    .map(|(name, expect, script)| {
        Case::new(LABEL, name, expect, move || async move {
            let peer = Peer::scripted(script).await?;
            open(format!("ws://{}/", peer.addr)).await
        })
    })
    .collect()
}

fn upgrade() -> Script {
    let head =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    Script::new().read_head().send(head).hang()
}

fn tls() -> Vec<Case> {
    let mut cases: Vec<_> = [
        ("expired certificate", Leaf::Expired, certificate(&[Reason::TlsCertificateExpired])),
        ("unknown authority", Leaf::UnknownAuthority, UNTRUSTED),
    ]
    .into_iter()
    .map(|(name, leaf, expect)| {
        Case::new(LABEL, name, expect.display_tells(), move || async move {
            let identity = world().server(leaf);
            let peer = Peer::tls(&identity, &TlsOptions::default(), Script::new()).await?;
            secure(&peer).await
        })
    })
    .collect();
    let not_tls = handshake(&[Reason::TlsPeerNotTls]);
    cases.push(Case::new(LABEL, "wss to a plain port", not_tls.display_tells(), || async {
        let peer = Peer::scripted(scripts::status(400, &[])).await?;
        secure(&peer).await
    }));
    cases
}

async fn secure(peer: &Peer) -> Outcome {
    let connector = Connector::Rustls(std::sync::Arc::new(world().tls(TlsVersions::Both, None)));
    let url = format!("wss://localhost:{}/", peer.port());
    Failure::of(connect_async_tls_with_config(url, None, false, Some(connector)).await)
}

/// What a server does once the WebSocket stands.
#[derive(Debug, Clone, Copy)]
enum Then {
    Drop,
    Reset,
    BadFrame,
}

fn standing() -> Vec<Case> {
    const DROPPED: Expect = CLOSED.display_tells();
    [
        ("dropped without a closing handshake", Then::Drop, DROPPED),
        ("reset", Then::Reset, GONE),
        ("masked frame from the server", Then::BadFrame, fault(Category::Protocol).display_tells()),
    ]
    .into_iter()
    .map(|(name, then, expect): (_, _, Expect)| {
        Case::new(LABEL, name, expect, move || async move {
            let port = serve(then).await?;
            let (mut socket, _) = connect_async(format!("ws://127.0.0.1:{port}/")).await?;
            Failure::of(read(&mut socket).await)
        })
    })
    .collect()
}

async fn serve(then: Then) -> std::io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.ok()?;
        let socket = tokio_tungstenite::accept_async(stream).await.ok()?;
        let mut stream: TcpStream = socket.into_inner();
        match then {
            Then::Drop => {}
            Then::Reset => stream.set_zero_linger().ok()?,
            // A final text frame with the bit of a mask, which only clients set.
            Then::BadFrame => {
                stream.write_all(&[0x81, 0x81, 0, 0, 0, 0, b'x']).await.ok()?;
                tokio::time::sleep(LIMIT).await;
            }
        }
        Some(())
    });
    Ok(port)
}

async fn read<S>(socket: &mut S) -> Result<(), Error>
where
    S: futures_util::Stream<Item = Result<tokio_tungstenite::tungstenite::Message, Error>> + Unpin,
{
    use futures_util::StreamExt;
    while let Some(message) = socket.next().await {
        message?;
    }
    Ok(())
}
