//! Failures over plain HTTP, with hyper-util and reqwest.

use netcause_cli::peers::{Peer, Script, scripts};
use netcause_fault::{Category, Phase, Reason};

use crate::case::{
    Case, Exception, Expect, Form, IN_BODY, IN_CONNECT, IN_DNS, IN_EXCHANGE, IN_RESPONSE, Names,
    expect, expect_code,
};
use crate::clients::Client;
use crate::world::{Call, Limits, NO_HOST};

pub(crate) fn cases() -> Vec<Case> {
    let both = [Client::Hyper, Client::Reqwest];
    let mut cases: Vec<_> = both.into_iter().flat_map(connecting).collect();
    cases.extend(both.into_iter().flat_map(answering));
    cases.extend(both.into_iter().flat_map(reading));
    cases.extend(hyper_limits());
    cases.extend(reqwest_limits());
    cases.extend(statuses());
    cases.extend(contents());
    cases
}

const REFUSED: Expect =
    expect(Category::ConnectRefused, &[Reason::ConnectRefused]).phase(IN_CONNECT);
const CLOSED: Expect =
    expect(Category::ConnectionReset, &[Reason::ConnectionClosed]).phase(IN_EXCHANGE);
const RESET: Expect =
    expect(Category::ConnectionReset, &[Reason::ConnectionReset]).phase(IN_EXCHANGE);
/// The client may learn that the peer is gone while it connects, writes or reads.
const GONE: Expect = expect(
    Category::ConnectionReset,
    &[Reason::ConnectionReset, Reason::ConnectionClosed, Reason::BrokenPipe],
)
.phase(&[None, Some(Phase::Connect), Some(Phase::Request), Some(Phase::Response)]);
const NOT_HTTP: Expect =
    expect(Category::Protocol, &[Reason::InvalidResponse]).phase(&[None, Some(Phase::Response)]);
const TIMEOUT: Expect = expect(Category::Timeout, &[Reason::Timeout]);
const BAD_CONTENT: Expect = expect(Category::Protocol, &[Reason::BodyDecodeError]).phase(IN_BODY);

/// What a client's error states about its peer until the head of the answer is there.
fn named(client: Client) -> Names {
    match client {
        Client::Reqwest => Names::Host,
        _ => Names::Nothing,
    }
}

/// The same while connecting, where hyper-util's error knows the address.
fn named_on_connect(client: Client) -> Names {
    match client {
        Client::Hyper => Names::Address,
        _ => named(client),
    }
}

/// Two timers of reqwest's run with the same limit, and one of them covers looking up the
/// name as well; which of them fires first is chance.
fn connect_timeout(client: Client) -> Expect {
    let expect = expect(Category::ConnectTimeout, &[Reason::ConnectTimeout]);
    match client {
        Client::Reqwest => expect.phase(&[None, Some(Phase::Connect)]),
        _ => expect.phase(IN_CONNECT),
    }
}

fn scripted(client: Client, name: &str, expect: Expect, script: Script) -> Case {
    call(client, name, expect, script, |call| call)
}

fn call(
    client: Client,
    name: &str,
    expect: Expect,
    script: Script,
    change: fn(Call) -> Call,
) -> Case {
    Case::new(client.name(), name, expect, move |_| async move {
        let peer = Peer::scripted(script).await.unwrap();
        client.fail(change(Call::http(&peer))).await
    })
}

fn connecting(client: Client) -> Vec<Case> {
    let dns = &[Reason::DnsHostNotFound, Reason::DnsTemporaryFailure];
    let refused = REFUSED.names(named_on_connect(client));
    let timeout = connect_timeout(client).names(named_on_connect(client));
    let unknown = expect(Category::Dns, dns).phase(IN_DNS).names(named(client));
    vec![
        Case::new(client.name(), "closed port", refused, move |_| async move {
            let peer = Peer::closed_port().unwrap();
            client.fail(Call::http(&peer)).await
        }),
        Case::new(client.name(), "closed port of localhost", refused, move |_| async move {
            let peer = Peer::closed_port().unwrap();
            client.fail(Call::http(&peer).host("localhost")).await
        }),
        Case::new(client.name(), "full queue, connect limit", timeout, move |_| async move {
            let peer = Peer::full_queue(None).await.unwrap();
            client.fail(Call::http(&peer).limits(Limits::connect())).await
        }),
        Case::new(client.name(), "no such host", unknown, move |_| async move {
            let peer = Peer::silent().await.unwrap();
            client.fail(Call::http(&peer).host(NO_HOST)).await
        }),
    ]
}

fn answering(client: Client) -> Vec<Case> {
    const HTTP_TO_TLS: &[Exception] = &[
        Exception(Form::Typed, NOT_SEEN),
        Exception(Form::Joined, NOT_SEEN),
        Exception(Form::Debug, NOT_SEEN),
    ];
    const NOT_SEEN: &str = "the error says only that the answer is not HTTP, and not that it \
                            began with a TLS alert";
    let names = named(client);
    let closed = CLOSED.names(names);
    let not_http = NOT_HTTP.names(names);
    let tls = expect(Category::TlsHandshake, &[Reason::TlsHandshakeFailure]).names(names);
    vec![
        scripted(client, "closes on accept", closed, Script::new().finish()),
        scripted(client, "resets on accept", GONE.names(names), Script::new().reset()),
        scripted(client, "closes on request", closed, scripts::no_answer()),
        scripted(client, "resets on request", RESET.names(names), scripts::reset_on_request()),
        scripted(client, "closes in the head", closed, scripts::cut_head()),
        scripted(client, "answers with garbage", not_http, scripts::garbage()),
        scripted(client, "SSH server", not_http, scripts::ssh()),
        Case::new(
            client.name(),
            "http to a TLS port",
            tls.except(HTTP_TO_TLS),
            move |world| async move {
                let identity = world.server(netcause_cli::peers::Leaf::Good);
                let peer = Peer::tls(&identity, &Default::default(), Script::new()).await.unwrap();
                client.fail(Call::http(&peer)).await
            },
        ),
    ]
}

fn reading(client: Client) -> Vec<Case> {
    let truncated = expect(Category::ConnectionReset, &[Reason::BodyTruncated]).phase(IN_BODY);
    let bad_chunk = expect(Category::Protocol, &[Reason::InvalidResponse, Reason::BodyDecodeError])
        .phase(IN_BODY);
    vec![
        scripted(client, "truncated body", truncated, scripts::truncated_body()),
        scripted(client, "reset in the body", RESET.phase(IN_BODY), scripts::reset_in_body()),
        scripted(client, "cut chunk", truncated, scripts::cut_chunk()),
        scripted(client, "bad chunk size", bad_chunk, scripts::bad_chunk_size()),
    ]
}

fn hyper_limits() -> Vec<Case> {
    let total = |call: Call| call.limits(Limits::total());
    vec![
        Case::new("hyper-util", "full queue, tokio's limit", TIMEOUT, move |_| async move {
            let peer = Peer::full_queue(None).await.unwrap();
            Client::Hyper.fail(total(Call::http(&peer))).await
        }),
        call(Client::Hyper, "silent, tokio's limit", TIMEOUT, Script::new().hang(), total),
        call(Client::Hyper, "stalled body, tokio's limit", TIMEOUT, scripts::stalled_body(), total),
    ]
}

fn reqwest_limits() -> Vec<Case> {
    let timeout = TIMEOUT.names(Names::Host);
    let body = expect(Category::ResponseTimeout, &[Reason::BodyTimeout]).phase(IN_BODY);
    let total = |call: Call| call.limits(Limits::total());
    let read = |call: Call| call.limits(Limits::read());
    let silent = || Script::new().hang();
    vec![
        Case::new("reqwest", "full queue, total limit", timeout, move |_| async move {
            let peer = Peer::full_queue(None).await.unwrap();
            Client::Reqwest.fail(total(Call::http(&peer))).await
        }),
        call(Client::Reqwest, "silent, total limit", timeout, silent(), total),
        call(Client::Reqwest, "silent, read limit", timeout, silent(), read),
        call(Client::Reqwest, "stalled body, total limit", body, scripts::stalled_body(), total),
        call(Client::Reqwest, "stalled body, read limit", body, scripts::stalled_body(), read),
    ]
}

/// Only reqwest makes an error of a status.
fn statuses() -> Vec<Case> {
    use Category as C;
    [
        (400, C::HttpClientError, "400"),
        (401, C::Auth, "401"),
        (403, C::Auth, "403"),
        (404, C::HttpClientError, "404"),
        (407, C::Auth, "407"),
        (408, C::ResponseTimeout, "408"),
        (418, C::HttpClientError, "418"),
        (429, C::RateLimited, "429"),
        (499, C::Cancelled, "499"),
        (500, C::HttpServerError, "500"),
        (502, C::HttpServerError, "502"),
        (503, C::Unavailable, "503"),
        (504, C::ResponseTimeout, "504"),
        (599, C::HttpServerError, "599"),
    ]
    .into_iter()
    .map(|(status, category, code)| {
        let reasons: &[_] = if status == 407 { &[Reason::ProxyAuthRequired] } else { &[] };
        let expect = expect_code(category, code).names(Names::Host);
        let expect = Expect { reasons, ..expect };
        let script = scripts::status(status, &[("Retry-After", "2")]);
        scripted(Client::Reqwest, &format!("status {code}"), expect, script)
    })
    .collect()
}

fn contents() -> Vec<Case> {
    let redirects = expect(Category::Protocol, &[Reason::TooManyRedirects]).phase(IN_RESPONSE);
    let json = |call: Call| Call { json: true, ..call };
    let page = "<html>Please log in</html>";
    let gzip = [("Content-Encoding", "gzip")];
    let reqwest = Client::Reqwest;
    vec![
        call(reqwest, "not JSON", BAD_CONTENT, scripts::answer(200, &[], page), json),
        call(
            reqwest,
            "half of a JSON text",
            BAD_CONTENT,
            scripts::answer(200, &[], "{\"a\":"),
            json,
        ),
        scripted(reqwest, "not gzip", BAD_CONTENT, scripts::answer(200, &gzip, page)),
        scripted(
            reqwest,
            "redirect loop",
            redirects.names(Names::HostOnly),
            scripts::redirect_loop(),
        ),
    ]
}
