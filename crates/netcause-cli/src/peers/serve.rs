//! Accepting connections and playing scripts on them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::latency::Distant;
use super::script::{End, Script};

/// A byte stream that knows the connection below it.
trait Connection: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Connection for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Connection for Distant {
    fn tcp(&self) -> &TcpStream {
        Distant::tcp(self)
    }
}

impl Connection for TlsStream<Distant> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0.tcp()
    }
}

/// Plays the first script on the first connection, and so on; the last on all others.
pub(super) async fn plain(listener: TcpListener, scripts: Vec<Script>) {
    let mut scripts = scripts.into_iter().map(Arc::new).peekable();
    let mut current = Arc::new(Script::new());
    accept_all(listener, move |stream| {
        current = scripts.next().unwrap_or_else(|| Arc::clone(&current));
        let script = Arc::clone(&current);
        async move { run(&script, stream).await }
    })
    .await;
}

/// Shakes hands, then plays the script.
pub(super) async fn tls(
    listener: TcpListener,
    config: Arc<ServerConfig>,
    latency: Duration,
    script: Script,
) {
    let script = Arc::new(script);
    let acceptor = TlsAcceptor::from(config);
    accept_all(listener, move |stream| {
        let script = Arc::clone(&script);
        let acceptor = acceptor.clone();
        async move {
            let stream = Distant::new(stream, latency);
            match acceptor.accept(stream).into_fallible().await {
                Ok(stream) => run(&script, stream).await,
                // The alert is out; a reset after it could overtake it in the client.
                Err((_, stream)) => end(End::Finish, stream).await,
            }
        }
    })
    .await;
}

async fn accept_all<F>(listener: TcpListener, mut serve: impl FnMut(TcpStream) -> F)
where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(connections.spawn(serve(stream))),
            // Out of descriptors, most likely: let some connections end.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn run(script: &Script, mut stream: impl Connection) -> io::Result<()> {
    // A client that is gone before the script is done leaves nothing to do.
    script.play(&mut stream).await?;
    end(script.end(), stream).await
}

async fn end(end: End, mut stream: impl Connection) -> io::Result<()> {
    match end {
        End::Finish => {
            stream.shutdown().await?;
            drain(stream).await
        }
        End::Close => Ok(()),
        End::Reset => SockRef::from(stream.tcp()).set_linger(Some(Duration::ZERO)),
        End::Hang => drain(stream).await,
    }
}

/// Reads until the client closes.
async fn drain(mut stream: impl AsyncRead + Unpin) -> io::Result<()> {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}
