//! [`Distant`]: a connection whose bytes take a while to arrive.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// A connection to a client that is some way off: what arrives is read only later.
pub(super) struct Distant {
    stream: TcpStream,
    latency: Duration,
    arrival: Option<Pin<Box<Sleep>>>,
}

impl Distant {
    pub(super) fn new(stream: TcpStream, latency: Duration) -> Self {
        Distant { stream, latency, arrival: None }
    }

    pub(super) fn tcp(&self) -> &TcpStream {
        &self.stream
    }
}

impl AsyncRead for Distant {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.arrival.is_none() {
            // A look at the bytes themselves: readiness may be left over from earlier ones.
            ready!(this.stream.poll_peek(cx, &mut ReadBuf::new(&mut [0])))?;
        }
        let latency = this.latency;
        let arrival = this.arrival.get_or_insert_with(|| Box::pin(sleep(latency)));
        ready!(arrival.as_mut().poll(cx));
        this.arrival = None;
        Pin::new(&mut this.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Distant {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    // rustls writes its last words in several pieces, and tokio-rustls gives them one call.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl fmt::Debug for Distant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Distant").field("stream", &self.stream).finish_non_exhaustive()
    }
}
