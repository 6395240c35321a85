//! NATS with async-nats.

use async_nats::ConnectOptions;
use netcause_cli::peers::TlsVersions;
use netcause_client_tests::{Case, Expect, Failure, LIMIT, Outcome, fault, harmless, world};
use netcause_fault::Category;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::connecting::{
    CLOSED, Call, Client, Expected, Failing, OTHER_PROTOCOL, Preluding, TIMEOUT, certificates,
    plain,
};
use crate::wire::{Wire, finish, send};

const NATS: Client = Client { name: "async-nats", fail: connect };

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = plain(
        NATS,
        Expected { dropped: TIMEOUT, silent: TIMEOUT, closed: CLOSED, http: OTHER_PROTOCOL },
    );
    cases.extend(certificates(NATS, inform));
    cases.extend([
        said(
            "authorization violation",
            fault(Category::Auth).display_tells(),
            "-ERR 'Authorization Violation'",
        ),
        said("authentication expired", fault(Category::Auth), "-ERR 'User Authentication Expired'"),
        said(
            "too many connections",
            fault(Category::PoolExhausted),
            "-ERR 'maximum connections exceeded'",
        ),
        request("no responders", fault(Category::Unavailable).display_tells(), true),
        request("no answer to a request", TIMEOUT, false),
    ]);
    cases
}

pub(crate) fn no_faults() -> Vec<Case> {
    vec![
        Case::new("async-nats", "an address that is none", harmless(), || async {
            Failure::of("nats://:4222:".parse::<async_nats::ServerAddr>())
        }),
        Case::new("async-nats", "a subject that is none", harmless(), || async {
            let wire = Wire::serve(|stream| serve(stream, "PONG", false)).await?;
            let client = async_nats::connect(wire.addr.to_string()).await?;
            Failure::of(client.publish("a b", "".into()).await)
        }),
    ]
}

fn connect(call: Call) -> Failing {
    Box::pin(async move {
        let options = ConnectOptions::new()
            .connection_timeout(LIMIT)
            .require_tls(call.tls)
            .tls_client_config(world().tls(TlsVersions::Both, None));
        Failure::of(options.connect(format!("{}:{}", call.host, call.port)).await)
    })
}

const INFO: &[u8] =
    b"INFO {\"server_id\":\"A\",\"server_name\":\"a\",\"version\":\"2.9.10\",\"go\":\"\",\
\"host\":\"127.0.0.1\",\"port\":4222,\"headers\":true,\"max_payload\":1048576,\"proto\":1,\
\"client_id\":1}\r\n";

fn inform(stream: &mut TcpStream) -> Preluding<'_> {
    Box::pin(send(stream, INFO))
}

/// A server that says this in answer to the login.
fn said(name: &'static str, expect: Expect, line: &'static str) -> Case {
    Case::new("async-nats", name, expect, move || async move {
        let wire = Wire::serve(move |stream| serve(stream, line, false)).await?;
        let call = Call { host: "127.0.0.1".to_owned(), port: wire.port(), tls: false };
        connect(call).await?.target(&["127.0.0.1"], wire.port())
    })
}

/// A request that nobody, or nobody in time, answers.
fn request(name: &'static str, expect: Expect, says_so: bool) -> Case {
    Case::new("async-nats", name, expect, move || async move {
        let wire = Wire::serve(move |stream| serve(stream, "PONG", says_so)).await?;
        ask(&wire).await?.target(&["127.0.0.1"], wire.port())
    })
}

async fn ask(wire: &Wire) -> Outcome {
    let options = ConnectOptions::new().request_timeout(Some(LIMIT));
    let client = options.connect(wire.addr.to_string()).await?;
    Failure::of(client.request("payments", "7".into()).await)
}

/// Greets, answers a ping with the line, and a request perhaps with status 503.
async fn serve(stream: TcpStream, line: &'static str, says_so: bool) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(INFO).await?;
    let (mut words, mut id) = (String::new(), String::new());
    while stream.read_line(&mut words).await? > 0 {
        let command = std::mem::take(&mut words);
        if command.starts_with("PING") {
            stream.write_all(format!("{line}\r\n").as_bytes()).await?;
            if line.starts_with('-') {
                return finish(&mut stream).await;
            }
        }
        if command.starts_with("SUB ") {
            id = command.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        }
        if let Some(rest) = command.strip_prefix("PUB payments ") {
            let inbox = rest.split(' ').next().unwrap_or_default().to_owned();
            stream.read_exact(&mut [0; 3]).await?;
            if says_so {
                let headers = "NATS/1.0 503\r\n\r\n";
                let answer = format!("HMSG {inbox} {id} {0} {0}\r\n{headers}\r\n", headers.len());
                stream.write_all(answer.as_bytes()).await?;
            }
        }
    }
    Ok(())
}
