//! Ready-made scripts: answers that are wrong in one way each.

use std::time::Duration;

use super::Script;

/// Long enough for a client to have read what was sent before what follows.
const APART: Duration = Duration::from_millis(20);

/// Reads a request and answers with a status, headers and a short body.
///
/// ```
/// use netcause_cli::peers::scripts;
/// let script = scripts::status(503, &[("Retry-After", "2")]);
/// # let _ = script;
/// ```
#[must_use]
pub fn status(status: u16, headers: &[(&str, &str)]) -> Script {
    answer(status, headers, "")
}

/// Reads a request and answers with a status, headers and a body.
#[must_use]
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Script {
    let mut head = format!("HTTP/1.1 {status} {}\r\nConnection: close\r\n", phrase(status));
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    Script::new().read_head().send(head)
}

/// Answers every request with a redirect to the same path.
#[must_use]
pub fn redirect_loop() -> Script {
    status(302, &[("Location", "/again")])
}

/// Reads a request and closes without an answer.
#[must_use]
pub fn no_answer() -> Script {
    Script::new().read_head().finish()
}

/// Reads a request and resets.
#[must_use]
pub fn reset_on_request() -> Script {
    Script::new().read_head().reset()
}

/// Closes in the middle of the answer's head.
#[must_use]
pub fn cut_head() -> Script {
    Script::new().read_head().send("HTTP/1.1 200 OK\r\nContent-Ty").pause(APART).finish()
}

/// Announces 1000 bytes, sends 12, closes.
#[must_use]
pub fn truncated_body() -> Script {
    long_body().finish()
}

/// Announces 1000 bytes, sends 12, resets.
#[must_use]
pub fn reset_in_body() -> Script {
    long_body().reset()
}

/// Announces 1000 bytes, sends 12, then nothing.
#[must_use]
pub fn stalled_body() -> Script {
    long_body().hang()
}

/// Closes in the middle of a chunk.
#[must_use]
pub fn cut_chunk() -> Script {
    chunked("100\r\nonly a part").finish()
}

/// Sends a chunk size that is no number (RFC 9112, section 7.1).
#[must_use]
pub fn bad_chunk_size() -> Script {
    chunked("chunk\r\nof what size?\r\n0\r\n\r\n").finish()
}

/// Answers an HTTP request with what is not HTTP.
#[must_use]
pub fn garbage() -> Script {
    Script::new().read_head().send("\u{1}\u{2}\u{3} this is no HTTP \u{4}\r\n\r\n").finish()
}

/// An SSH server that is slow to greet (RFC 4253, section 4.2).
///
/// It greets once it was spoken to: what a client makes of a greeting before its request
/// is sent depends on which of the two is faster.
#[must_use]
pub fn ssh() -> Script {
    Script::new().read_head().send("SSH-2.0-OpenSSH_9.9\r\n").hang()
}

fn long_body() -> Script {
    Script::new()
        .read_head()
        .send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n")
        .send("only so much")
        .pause(APART)
}

fn chunked(body: &str) -> Script {
    Script::new()
        .read_head()
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .send(body)
        .pause(APART)
}

fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        418 => "I'm a teapot",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
