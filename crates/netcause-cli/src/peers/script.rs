//! [`Script`]: what a peer does with a connection.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What a peer does with a connection, step by step.
///
/// A script without an end ends with [`Script::finish`].
///
/// # Example: half an answer, then a reset
///
/// ```
/// use netcause_cli::peers::Script;
///
/// let script = Script::new()
///     .read_head()
///     .send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
///     .reset();
/// # let _ = script;
/// ```
#[derive(Debug, Clone, Default)]
pub struct Script {
    steps: Vec<Step>,
    end: End,
}

#[derive(Debug, Clone)]
enum Step {
    ReadHead,
    ReadRecord,
    Send(Vec<u8>),
    Pause(Duration),
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum End {
    /// Sends FIN and reads on until the client closes, so that no reset follows.
    #[default]
    Finish,
    /// Closes at once; the kernel resets if bytes are unread or more arrive.
    Close,
    /// Resets.
    Reset,
    /// Reads and never answers, until the client closes.
    Hang,
}

impl Script {
    /// A script that does nothing but end.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the head of an HTTP request; stops early at what cannot be one.
    #[must_use]
    pub fn read_head(self) -> Self {
        self.step(Step::ReadHead)
    }

    /// Reads one TLS record: of a client that just connected, its ClientHello.
    #[must_use]
    pub fn read_record(self) -> Self {
        self.step(Step::ReadRecord)
    }

    /// Sends bytes.
    #[must_use]
    pub fn send(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.step(Step::Send(bytes.into()))
    }

    /// Waits.
    #[must_use]
    pub fn pause(self, pause: Duration) -> Self {
        self.step(Step::Pause(pause))
    }

    /// Ends with FIN and reads on until the client closes: the client sees an end of
    /// file, never a reset.
    #[must_use]
    pub fn finish(self) -> Self {
        Script { end: End::Finish, ..self }
    }

    /// Ends with `close(2)`, as a crashed process does: an end of file, then a reset in
    /// answer to whatever comes; a reset at once if bytes were left unread.
    #[must_use]
    pub fn close(self) -> Self {
        Script { end: End::Close, ..self }
    }

    /// Ends with a reset.
    #[must_use]
    pub fn reset(self) -> Self {
        Script { end: End::Reset, ..self }
    }

    /// Never ends: reads on until the client closes.
    #[must_use]
    pub fn hang(self) -> Self {
        Script { end: End::Hang, ..self }
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    pub(super) fn end(&self) -> End {
        self.end
    }

    /// Does every step but the end.
    pub(super) async fn play<S>(&self, stream: &mut S) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        for step in &self.steps {
            match step {
                Step::ReadHead => read_head(stream).await?,
                Step::ReadRecord => read_record(stream).await?,
                Step::Send(bytes) => send(stream, bytes).await?,
                Step::Pause(pause) => tokio::time::sleep(*pause).await,
            }
        }
        Ok(())
    }
}

async fn send<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && may_be_http(&head) {
        head.push(stream.read_u8().await?);
    }
    Ok(())
}

/// A request begins with the letters of its method; a ClientHello does not.
fn may_be_http(head: &[u8]) -> bool {
    head.first().is_none_or(u8::is_ascii_alphabetic)
}

/// A record is its type, its version, the length of what follows in two bytes, and that
/// (RFC 8446, section 5.1).
async fn read_record<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<()> {
    let mut head = [0; 3];
    stream.read_exact(&mut head).await?;
    let length = stream.read_u16().await?;
    let mut content = vec![0; usize::from(length)];
    stream.read_exact(&mut content).await?;
    Ok(())
}
