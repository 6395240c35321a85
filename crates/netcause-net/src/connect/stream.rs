//! [`Stream`]: a connection of TCP that counts.

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::address::Opened;
use crate::{Connection, KeepAlive, Step, Trail};

/// A connection of TCP that counts its bytes, and keeps what the kernel counted before it is
/// closed.
///
/// ```
/// use tokio::io::AsyncWriteExt;
/// use netcause_net::Connector;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// let port = listener.local_addr()?.port();
/// let mut stream = Connector::new().connect("127.0.0.1", port).await?;
/// stream.write_all(b"hello").await?;
/// assert_eq!(stream.connection().bytes_sent(), 5);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Stream {
    stream: Arc<TcpStream>,
    connection: Arc<Connection>,
}

impl Stream {
    pub(crate) fn new(opened: Opened, probing: Option<KeepAlive>, trail: &Trail) -> Self {
        let stream = Arc::new(opened.stream);
        let connection = Arc::new(Connection::new(&stream, opened.peer, probing, trail));
        if let Some(local) = connection.local() {
            trail.note(Step::Connected { local, peer: opened.peer });
        }
        trail.set_connection(Arc::clone(&connection));
        Stream { stream, connection }
    }

    /// What is known of the connection, also after the stream is gone.
    #[must_use]
    pub fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// The socket, for options.
    #[must_use]
    pub fn socket(&self) -> &TcpStream {
        &self.stream
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.connection.close(&self.stream);
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.stream.poll_read_ready(context))?;
            match self.stream.try_read_buf(&mut *buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => {
                    return Poll::Ready(result.map(|count| self.connection.received(count)));
                }
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(context))?;
            match self.stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result.inspect(|count| self.connection.sent(*count))),
            }
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(context))?;
            match self.stream.try_write_vectored(slices) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result.inspect(|count| self.connection.sent(*count))),
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Before the end is sent, which would count as not acknowledged.
        self.connection.close(&self.stream);
        Poll::Ready(SockRef::from(&*self.stream).shutdown(Shutdown::Write))
    }
}
