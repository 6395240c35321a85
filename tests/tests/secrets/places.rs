//! Every secret in every place of an event.

use std::error::Error;
use std::fmt;
use std::io;

use tracing::field::{Empty, debug, display};
use tracing::{error, info, info_span};

use crate::corpus::{SURVIVES, all};
use crate::{Written, write};

/// One link of a chain.
#[derive(Debug)]
struct Link {
    text: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// A chain of these texts, outermost first, that ends in a refused connection.
fn chain(texts: &[&str]) -> Box<dyn Error + Send + Sync> {
    match texts {
        [] => Box::new(io::Error::from_raw_os_error(111)),
        [text, rest @ ..] => Box::new(Link { text: (*text).to_owned(), source: Some(chain(rest)) }),
    }
}

/// A way in.
type Place = (&'static str, fn(&str));

const PLACES: &[Place] = &[
    ("a text field", |text| info!(note = text, "hello")),
    ("a displayed field", |text| info!(note = %text, "hello")),
    ("a debugged field", |text| info!(note = ?text, "hello")),
    ("a debugged list", |text| info!(note = ?[Some(text)], "hello")),
    ("a message", |text| info!("{text}")),
    ("the message of a fault", |text| error!("Connection refused (os error 111): {text}")),
    ("a span field", |text| {
        let _span = info_span!("call", note = text, other = ?text).entered();
        info!("hello");
    }),
    ("a late span field", |text| {
        let span = info_span!("call", note = Empty, other = Empty).entered();
        span.record("note", display(text)).record("other", debug(text));
        info!("hello");
    }),
    ("a span field of a fault", |text| {
        let _span = info_span!("call", url.full = text, server.port = 8443, note = text).entered();
        error!(error = &*chain(&[]) as &(dyn Error + 'static), "hello");
    }),
    ("the outermost link", |text| log(&*chain(&[text]))),
    ("a middle link", |text| log(&*chain(&["no order", text, "no payment"]))),
    ("two links", |text| log(&*chain(&[text, "no payment", text]))),
    ("the innermost link", |text| {
        log(&Link { text: "no order".to_owned(), source: Some(io::Error::other(text).into()) });
    }),
    ("an error as text", |text| error!(error = text, "hello")),
    ("an error as text after others", |text| {
        error!(error = %format!("no order: {text}: Connection refused (os error 111)"), "hello");
    }),
    (
        "an error debugged",
        |text| error!(error = ?Link { text: text.to_owned(), source: None }, "hello"),
    ),
    ("err", |text| error!(err = %text, "hello")),
    ("a second error", |text| {
        let (first, second) = (chain(&[]), chain(&[text]));
        error!(
            first = &*first as &(dyn Error + 'static),
            second = &*second as &(dyn Error + 'static),
            "hello"
        );
    }),
    ("an error on a span", |text| {
        let error = chain(&[text]);
        let _span = info_span!("call", error = &*error as &(dyn Error + 'static)).entered();
        info!("hello");
    }),
    ("an error remembered", |text| {
        let _job = info_span!("job").entered();
        info_span!("call", server.address = "api.example", server.port = 8443)
            .in_scope(|| log(&*chain(&[text])));
        error!(error = %format!("{text}: Connection refused (os error 111)"), "hello");
    }),
];

fn log(error: &(dyn Error + 'static)) {
    error!(error, "hello");
}

/// What is seen that must not be, or is not seen that must be.
fn mistakes(written: &Written, secret: &str) -> Vec<String> {
    let leaks = written.forms().into_iter().filter(|(_, text)| text.contains(secret));
    let lost = written.forms().into_iter().filter(|(_, text)| !text.contains(SURVIVES));
    leaks
        .map(|(form, text)| format!("{form} shows it: {text}"))
        .chain(lost.map(|(form, text)| format!("{form} lost the host: {text}")))
        .collect()
}

#[test]
fn no_secret_of_the_corpus_reaches_any_output() {
    let mut wrong = Vec::new();
    for (kind, text, secret) in all() {
        for (place, log) in PLACES {
            let written = write(|| log(text));
            assert!(!written.json.is_empty() && !written.plain.is_empty(), "{place}");
            let mistakes = mistakes(&written, secret).into_iter();
            wrong.extend(mistakes.map(|mistake| format!("{kind} in {place}: {mistake}")));
        }
    }
    let shown: Vec<_> = wrong.iter().take(20).collect();
    assert!(wrong.is_empty(), "{} mistakes, such as {shown:#?}", wrong.len());
}

#[test]
fn a_real_client_error_with_a_key_in_its_url_shows_none() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let port = netcause_cli::peers::Peer::closed_port().unwrap();
    let url = format!("http://bob:s3same-0pen@{}/v1?key=q8Zr2LmN5x", port.addr);
    let client = reqwest::Client::builder().no_proxy();
    let client = client.tls_backend_preconfigured(no_tls()).build().unwrap();
    let error = runtime.block_on(client.get(&url).send()).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("q8Zr2LmN5x"), "the client itself shows it: {text}");
    let written = write(|| {
        error!(error = netcause::error(&error), "by the object");
        error!(error = %error, "by the text");
        error!(error = ?error, "by the debug form");
    });
    for (form, output) in written.forms() {
        assert!(
            !output.contains("q8Zr2LmN5x") && !output.contains("s3same-0pen"),
            "{form}: {output}"
        );
        assert!(output.contains(&port.addr.to_string()), "{form}: {output}");
    }
}

fn no_tls() -> rustls::ClientConfig {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}
