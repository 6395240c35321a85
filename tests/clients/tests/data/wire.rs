//! [`Wire`]: a peer that speaks just enough of a protocol to fail in one way.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Serves each connection by the same function until it is dropped.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) addr: SocketAddr,
    task: JoinHandle<()>,
}

impl Wire {
    /// Listens on a free port. The function's own errors are those of clients that left.
    pub(crate) async fn serve<F, Fut>(serve: F) -> io::Result<Wire>
    where
        F: Fn(TcpStream) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let (addr, serve) = (listener.local_addr()?, Arc::new(serve));
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream));
            }
        });
        Ok(Wire { addr, task })
    }

    pub(crate) fn port(&self) -> u16 {
        self.addr.port()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Sends bytes at once.
pub(crate) async fn send<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Reads exactly so many bytes.
pub(crate) async fn read<S: AsyncRead + Unpin>(stream: &mut S, n: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; n];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// Closes our side and reads on until the client closes, so that no reset follows.
pub(crate) async fn finish<S>(stream: &mut S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.shutdown().await?;
    tokio::io::copy(stream, &mut tokio::io::sink()).await.map(drop)
}

/// Is a wire to another server.
pub(crate) async fn pass_on(mut stream: TcpStream, addr: SocketAddr) -> io::Result<()> {
    let mut other = TcpStream::connect(addr).await?;
    tokio::io::copy_bidirectional(&mut stream, &mut other).await.map(drop)
}
