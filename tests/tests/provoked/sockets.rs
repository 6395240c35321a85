//! Failures of bare sockets, with std and tokio.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::Duration;

use netcause_cli::peers::{Peer, Script};
use netcause_fault::{Category, Reason};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::case::{
    Case, Exception, Expect, Failure, Form, IN_CONNECT, IN_DNS, Outcome, Target, expect,
};
use crate::world::{LIMIT, NO_HOST};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = std_connecting();
    cases.extend(std_streams());
    cases.extend(std_local());
    cases.extend(tokio_connecting());
    cases.extend(tokio_streams());
    cases
}

/// An errno alone names no phase.
const REFUSED: Expect = expect(Category::ConnectRefused, &[Reason::ConnectRefused]);
const RESET: Expect = expect(Category::ConnectionReset, &[Reason::ConnectionReset]);
const BROKEN_PIPE: Expect = expect(Category::ConnectionReset, &[Reason::BrokenPipe]);
const TIMEOUT: Expect = expect(Category::Timeout, &[Reason::Timeout]);
const UNREACHABLE: Expect = expect(Category::Unreachable, &[Reason::NetworkUnreachable]);
const IN_USE: Expect = expect(Category::LocalResource, &[Reason::AddressInUse]);
const NO_ADDRESS: Expect = expect(Category::LocalResource, &[Reason::AddressNotAvailable]);
const UNKNOWN_HOST: Expect =
    expect(Category::Dns, &[Reason::DnsHostNotFound, Reason::DnsTemporaryFailure]).phase(IN_DNS);
const ENDED: Expect = expect(Category::ConnectionReset, &[Reason::ConnectionClosed]);
const NO_SOCKET: Expect = expect(Category::ConnectRefused, &[Reason::SocketPathNotFound]);

/// In every form.
macro_rules! in_no_form {
    ($reason:literal) => {
        &[
            Exception(Form::Typed, $reason),
            Exception(Form::Joined, $reason),
            Exception(Form::Debug, $reason),
        ]
    };
}

const WOULD_BLOCK: &[Exception] = in_no_form!(
    "EAGAIN is also what a non-blocking socket and a refused fork say; nothing tells that it \
     was a read's limit"
);
const SHORT_READ: &[Exception] =
    in_no_form!("read_exact says the very same of a file that is too short");
const NO_FILE: &[Exception] = in_no_form!("ENOENT says the very same of a file");

/// Runs what blocks on a thread of its own: on a worker it would hold up other cases.
fn blocking<F>(name: &str, expect: Expect, target: Target, fail: F) -> Case
where
    F: FnOnce() -> io::Result<()> + Send + 'static,
{
    Case::new("std", name, expect, move |_| async move {
        let result = tokio::task::spawn_blocking(fail).await.unwrap();
        failure(result, target)
    })
}

fn failure<T, E: Into<anyhow::Error>>(result: Result<T, E>, target: Target) -> Outcome {
    Some(Failure { error: result.err()?.into(), target })
}

fn at(addr: SocketAddr) -> Target {
    Target { host: addr.ip().to_string(), port: addr.port(), addr: Some(addr) }
}

fn host(host: &str, port: u16) -> Target {
    Target { host: host.to_owned(), port, addr: None }
}

/// A broadcast address: TCP has no route to it on any machine, and no packet is sent.
fn nowhere() -> SocketAddr {
    SocketAddr::from(([255, 255, 255, 255], 9))
}

fn std_connecting() -> Vec<Case> {
    let connect_timeout = expect(Category::ConnectTimeout, &[Reason::ConnectTimeout])
        .phase(IN_CONNECT)
        .also(&[(Form::Joined, Category::Timeout), (Form::Debug, Category::Timeout)]);
    vec![
        Case::new("std", "closed port", REFUSED, |_| async {
            let peer = Peer::closed_port().unwrap();
            failure(TcpStream::connect(peer.addr), at(peer.addr))
        }),
        Case::new("std", "closed port of localhost", REFUSED, |_| async {
            let peer = Peer::closed_port().unwrap();
            let connected = TcpStream::connect(("localhost", peer.port()));
            failure(connected, host("localhost", peer.port()))
        }),
        Case::new("std", "full queue, connect_timeout", connect_timeout, |_| async {
            let peer = Peer::full_queue(None).await.unwrap();
            let addr = peer.addr;
            let call = move || TcpStream::connect_timeout(&addr, LIMIT);
            failure(tokio::task::spawn_blocking(call).await.unwrap(), at(addr))
        }),
        blocking("no such host", UNKNOWN_HOST, host(NO_HOST, 80), || {
            (NO_HOST, 80).to_socket_addrs().map(drop)
        }),
        blocking("no route", UNREACHABLE, at(nowhere()), || {
            TcpStream::connect(nowhere()).map(drop)
        }),
        Case::new("std", "UDP to a closed port", REFUSED, |_| async {
            let peer = closed_udp_port().unwrap();
            let asked = tokio::task::spawn_blocking(move || ask_by_udp(peer));
            failure(asked.await.unwrap(), at(peer))
        }),
    ]
}

fn closed_udp_port() -> io::Result<SocketAddr> {
    UdpSocket::bind("127.0.0.1:0")?.local_addr()
}

/// The answer to the first datagram is an ICMP message, which the next call reports.
fn ask_by_udp(peer: SocketAddr) -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(LIMIT))?;
    socket.connect(peer)?;
    socket.send(b"?")?;
    socket.recv(&mut [0; 8]).map(drop)
}

/// Connects to a peer that follows the script and does the rest on a thread.
fn std_stream<F>(name: &str, expect: Expect, script: Script, fail: F) -> Case
where
    F: FnOnce(TcpStream) -> io::Result<()> + Send + 'static,
{
    Case::new("std", name, expect, move |_| async move {
        let peer = Peer::scripted(script).await.unwrap();
        let addr = peer.addr;
        let call = tokio::task::spawn_blocking(move || fail(TcpStream::connect(addr)?));
        failure(call.await.unwrap(), at(addr))
    })
}

fn std_streams() -> Vec<Case> {
    vec![
        std_stream("read on a reset", RESET, late_reset(), |mut stream| {
            stream.read(&mut [0; 8]).map(drop)
        }),
        std_stream("write to a closed peer", BROKEN_PIPE, Script::new().close(), write_on),
        std_stream(
            "read_exact at the end",
            ENDED.except(SHORT_READ),
            Script::new().send("half").finish(),
            |mut stream| stream.read_exact(&mut [0; 8]),
        ),
        std_stream(
            "read limit",
            TIMEOUT.except(WOULD_BLOCK),
            Script::new().hang(),
            |mut stream| {
                stream.set_read_timeout(Some(Duration::from_millis(50)))?;
                stream.read(&mut [0; 8]).map(drop)
            },
        ),
    ]
}

/// An immediate reset could overtake the end of connecting.
fn late_reset() -> Script {
    Script::new().pause(Duration::from_millis(20)).reset()
}

/// Reads the end, then writes: the first write draws a reset, which the read shows; the
/// next finds the pipe broken.
fn write_on(mut stream: TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 8])? > 0 {}
    stream.write_all(b"still there?")?;
    // Returns once the reset came; an error here is what was waited for.
    let _ = stream.read(&mut [0; 8]);
    stream.write_all(b"no")
}

fn std_local() -> Vec<Case> {
    vec![
        Case::new("std", "bind to a taken port", IN_USE, |_| async {
            let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let holder = TcpListener::bind(taken).unwrap();
            let bound = failure(TcpListener::bind(taken), at(taken));
            drop(holder);
            bound
        }),
        // RFC 5737: no host has a documentation address.
        Case::new("std", "bind to a foreign address", NO_ADDRESS, |_| async {
            let foreign = SocketAddr::from(([192, 0, 2, 1], 0));
            failure(TcpListener::bind(foreign), Target::default())
        }),
        Case::new("std", "no unix socket", NO_SOCKET.except(NO_FILE), |_| async {
            let folder = tempfile::tempdir().unwrap();
            failure(UnixStream::connect(folder.path().join("db.sock")), Target::default())
        }),
        Case::new("std", "unix socket without a listener", REFUSED, |_| async {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("db.sock");
            drop(UnixListener::bind(&path).unwrap());
            failure(UnixStream::connect(&path), Target::default())
        }),
    ]
}

fn tokio_connecting() -> Vec<Case> {
    use tokio::net::{TcpListener, TcpStream};
    vec![
        Case::new("tokio", "closed port", REFUSED, |_| async {
            let peer = Peer::closed_port().unwrap();
            failure(TcpStream::connect(peer.addr).await, at(peer.addr))
        }),
        Case::new("tokio", "closed port of localhost", REFUSED, |_| async {
            let peer = Peer::closed_port().unwrap();
            let connected = TcpStream::connect(("localhost", peer.port())).await;
            failure(connected, host("localhost", peer.port()))
        }),
        Case::new("tokio", "full queue, timeout()", TIMEOUT, |_| async {
            let peer = Peer::full_queue(None).await.unwrap();
            failure(timeout(LIMIT, TcpStream::connect(peer.addr)).await, at(peer.addr))
        }),
        Case::new("tokio", "no such host", UNKNOWN_HOST, |_| async {
            failure(tokio::net::lookup_host((NO_HOST, 80)).await.map(drop), host(NO_HOST, 80))
        }),
        Case::new("tokio", "no route", UNREACHABLE, |_| async {
            failure(TcpStream::connect(nowhere()).await, at(nowhere()))
        }),
        Case::new("tokio", "bind to a taken port", IN_USE, |_| async {
            let holder = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let taken = holder.local_addr().unwrap();
            failure(TcpListener::bind(taken).await, at(taken))
        }),
    ]
}

/// Connects to a peer that follows the script and does the rest.
fn tokio_stream<F, Fut>(name: &str, expect: Expect, script: Script, fail: F) -> Case
where
    F: FnOnce(tokio::net::TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    Case::new("tokio", name, expect, move |_| async move {
        let peer = Peer::scripted(script).await.unwrap();
        let stream = tokio::net::TcpStream::connect(peer.addr).await.unwrap();
        failure(fail(stream).await, at(peer.addr))
    })
}

fn tokio_streams() -> Vec<Case> {
    vec![
        tokio_stream("read on a reset", RESET, late_reset(), |mut stream| async move {
            Ok(stream.read(&mut [0; 8]).await.map(drop)?)
        }),
        tokio_stream("write to a closed peer", BROKEN_PIPE, Script::new().close(), |mut stream| {
            async move {
                while stream.read(&mut [0; 8]).await? > 0 {}
                stream.write_all(b"still there?").await?;
                // Returns once the reset came; an error here is what was waited for.
                let _ = stream.read(&mut [0; 8]).await;
                Ok(stream.write_all(b"no").await?)
            }
        }),
        tokio_stream(
            "read_exact at the end",
            ENDED.except(SHORT_READ),
            Script::new().send("half").finish(),
            |mut stream| async move {
                stream.read_exact(&mut [0; 8]).await?;
                Ok(())
            },
        ),
        tokio_stream("silent, timeout()", TIMEOUT, Script::new().hang(), |mut stream| async move {
            timeout(LIMIT, stream.read(&mut [0; 8])).await??;
            Ok(())
        }),
    ]
}
