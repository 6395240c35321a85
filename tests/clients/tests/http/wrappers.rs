//! What programs put around a client's error: the category stays that of the client.

use std::error::Error;
use std::io;
use std::sync::Arc;

use netcause_cli::peers::{Peer, scripts};
use netcause_client_tests::{Case, Expect, Failure, Form, Outcome, fault};
use netcause_fault::{Category, Phase, Reason};
use snafu::Snafu;

use crate::reqwests::{Call, v13};

type BoxError = Box<dyn Error + Send + Sync>;

/// What is refused under any wrapper.
const REFUSED: Expect = fault(Category::ConnectRefused)
    .reason(&[Reason::ConnectRefused])
    .phase(&[Some(Phase::Connect)]);
/// The same where the wrapper keeps the innermost text alone.
const REFUSED_SOMEHOW: Expect = fault(Category::ConnectRefused).reason(&[Reason::ConnectRefused]);

/// reqwest's error of a refused connection.
async fn refused() -> reqwest::Result<()> {
    let peer = Peer::closed_port().expect("a port");
    v13::client(&Call::default(), &peer)?.get(peer.http("/v1")).send().await.map(drop)
}

/// reqwest's error of a status.
async fn unavailable() -> reqwest::Result<()> {
    let peer = Peer::scripted(scripts::status(503, &[])).await.expect("a peer");
    let response = v13::client(&Call::default(), &peer)?.get(peer.http("/v1")).send().await?;
    response.error_for_status().map(drop)
}

/// The refusal as the kernel reports it.
async fn dial() -> io::Result<()> {
    let peer = Peer::closed_port()?;
    tokio::net::TcpStream::connect(peer.addr).await.map(drop)
}

#[derive(Debug, Snafu)]
enum SnafuError {
    #[snafu(display("could not charge order {order}"))]
    Charge { order: u32, source: reqwest::Error },
    #[snafu(whatever, display("{message}"))]
    Other {
        message: String,
        #[snafu(source(from(BoxError, Some)))]
        source: Option<BoxError>,
    },
}

#[derive(Debug, thiserror::Error)]
enum ThisError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("database is away")]
    Dial(#[from] io::Error),
    #[error("charging failed: {0}")]
    InText(reqwest::Error),
    #[error("layer")]
    Layer(#[source] Box<ThisError>),
    #[error("shared")]
    Shared(#[source] Arc<reqwest::Error>),
    #[error("shared by all")]
    SharedByAll(#[source] Arc<dyn Error + Send + Sync>),
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = reports();
    cases.extend(derived());
    cases.extend(shared());
    cases.extend(inside_io());
    cases
}

fn reports() -> Vec<Case> {
    use anyhow::Context;
    let status = fault(Category::Unavailable).code("503");
    vec![
        Case::new("anyhow", "two contexts around reqwest", REFUSED, || async {
            Failure::of_anyhow(refused().await.context("charging").context("checkout"))
        }),
        Case::new("anyhow", "two contexts around a status", status, || async {
            Failure::of_anyhow(unavailable().await.context("charging").context("checkout"))
        }),
        Case::new("anyhow", "boxed, then a context", REFUSED, || async {
            let boxed: Result<(), BoxError> = refused().await.map_err(Into::into);
            Failure::of_anyhow(boxed.map_err(|error| anyhow::anyhow!(error)).context("checkout"))
        }),
        Case::new("anyhow", "into Box<dyn Error>", REFUSED, || async {
            let error = refused().await.context("checkout");
            Failure::of_boxed(error.map_err(Into::into))
        }),
        Case::new("anyhow", "into Box<dyn Error>, no context", REFUSED, || async {
            let error = refused().await.map_err(anyhow::Error::from);
            Failure::of_boxed(error.map_err(Into::into))
        }),
        Case::new("anyhow", "dial error into Box<dyn Error>", REFUSED_SOMEHOW, || async {
            let error = dial().await.map_err(anyhow::Error::from);
            Failure::of_boxed(error.map_err(Into::into))
        }),
        Case::new("anyhow", "anyhow!(\"{e:#}\")", REFUSED, || async {
            let error = refused().await.map_err(anyhow::Error::from);
            Failure::of_anyhow(error.map_err(|error| anyhow::anyhow!("checkout: {error:#}")))
        }),
        Case::new("eyre", "two wraps around reqwest", REFUSED, || async {
            Failure::of_eyre(wrap(wrap(refused().await, "charging"), "checkout"))
        }),
        Case::new("eyre", "into Box<dyn Error>", REFUSED, || async {
            let error = wrap(refused().await, "checkout");
            Failure::of_boxed(error.map_err(Into::into))
        }),
    ]
}

/// As eyre's trait does, whose names clash with anyhow's.
fn wrap<E>(result: Result<(), E>, text: &'static str) -> eyre::Result<()>
where
    Result<(), E>: eyre::WrapErr<(), E>,
{
    eyre::WrapErr::wrap_err(result, text)
}

fn derived() -> Vec<Case> {
    use snafu::ResultExt;
    vec![
        Case::new("snafu", "context around reqwest", REFUSED, || async {
            Failure::of(refused().await.context(ChargeSnafu { order: 7_u32 }))
        }),
        Case::new("snafu", "whatever around a dial error", REFUSED_SOMEHOW, || async {
            fn whatever(result: io::Result<()>) -> Result<(), SnafuError> {
                result.map_err(BoxError::from).whatever_context("no database")
            }
            Failure::of(whatever(dial().await))
        }),
        Case::new("thiserror", "transparent", REFUSED, || async {
            Failure::of(refused().await.map_err(ThisError::from))
        }),
        Case::new("thiserror", "transparent around a status", STATUS, || async {
            Failure::of(unavailable().await.map_err(ThisError::from))
        }),
        Case::new("thiserror", "from a dial error", REFUSED_SOMEHOW, || async {
            Failure::of(dial().await.map_err(ThisError::from))
        }),
        Case::new("thiserror", "layers", REFUSED, || async {
            let layer = |error: ThisError| ThisError::Layer(Box::new(error));
            Failure::of(refused().await.map_err(ThisError::from).map_err(layer).map_err(layer))
        }),
        Case::new("thiserror", "in the text, not as source", IN_TEXT, || async {
            Failure::of(refused().await.map_err(ThisError::InText))
        }),
    ]
}

const STATUS: Expect = fault(Category::Unavailable).code("503");
/// The text says only that sending failed; the object's `Debug` output goes deeper.
const IN_TEXT: Expect = REFUSED.untold(&[(Form::Joined, MUTE)]);
const MUTE: &str = "the wrapper prints reqwest's text and has no source";

fn shared() -> Vec<Case> {
    vec![
        Case::new("Arc", "Arc<reqwest::Error>", REFUSED, || async {
            Failure::of(refused().await.map_err(Arc::new))
        }),
        Case::new("Arc", "Arc<reqwest::Error> as source", REFUSED, || async {
            Failure::of(refused().await.map_err(Arc::new).map_err(ThisError::Shared))
        }),
        Case::new("Arc", "Arc<dyn Error> as source", REFUSED, || async {
            let shared = |error| ThisError::SharedByAll(Arc::new(error));
            Failure::of(refused().await.map_err(shared))
        }),
        Case::new("Arc", "Arc<io::Error>", REFUSED_SOMEHOW, || async {
            Failure::of(dial().await.map_err(Arc::new))
        }),
        Case::new("Box", "Box<dyn Error + Send + Sync>", REFUSED, || async {
            Failure::of_boxed(refused().await.map_err(Into::into))
        }),
        Case::new("Box", "Box<reqwest::Error>", REFUSED, || async {
            Failure::of(refused().await.map_err(Box::new))
        }),
        Case::new("Box", "a String made an error", REFUSED_SOMEHOW, || async {
            let text: Result<(), String> = dial().await.map_err(|error| format!("dial: {error}"));
            Failure::of_boxed(text.map_err(Into::into))
        }),
    ]
}

fn inside_io() -> Vec<Case> {
    use anyhow::Context;
    vec![
        Case::new("io::Error", "other(reqwest::Error)", REFUSED, || async {
            Failure::of(refused().await.map_err(io::Error::other))
        }),
        Case::new("io::Error", "other(other(dial error))", REFUSED_SOMEHOW, || async {
            Failure::of(dial().await.map_err(io::Error::other).map_err(io::Error::other))
        }),
        Case::new("io::Error", "other(anyhow::Error)", REFUSED, || async {
            let error = refused().await.context("checkout");
            Failure::of(error.map_err(io::Error::other))
        }),
        Case::new("io::Error", "kind of another", REFUSED_SOMEHOW, again),
    ]
}

/// Some libraries keep the kind alone.
async fn again() -> Outcome {
    Failure::of(dial().await.map_err(|error| io::Error::from(error.kind())))
}
