//! What classification costs: `cargo run --release --example cost [NAME]`.

use std::error::Error;
use std::fmt;
use std::hint::black_box;
use std::io;
use std::time::Instant;

use netcause_fault::{Chain, ReadOptions};

/// Few enough that some batch runs without an interruption.
const ROUNDS: u32 = 1000;

#[derive(Debug)]
struct Link(&'static str, Option<Box<dyn Error>>);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref()
    }
}

/// Prints as hyper-util's `ConnectError` does.
struct ConnectError(io::Error);

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tcp connect error")
    }
}

impl fmt::Debug for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = std::net::SocketAddr::from(([10, 3, 7, 19], 12345));
        f.debug_tuple("ConnectError")
            .field(&"tcp connect error")
            .field(&address)
            .field(&self.0)
            .finish()
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

fn refused() -> io::Error {
    io::Error::from_raw_os_error(111)
}

fn main() {
    let three = Link(
        "client error (Connect)",
        Some(Box::new(Link("tcp connect error", Some(Box::new(refused()))))),
    );
    let reqwest = Link(
        "error sending request for url (http://db.example:5432/v1/charge)",
        Some(Box::new(Link("client error (Connect)", Some(Box::new(ConnectError(refused())))))),
    );
    let Err(parse) = "x".parse::<u16>() else { return };
    typed("3 links, refused", &three);
    typed("reqwest, 4 links, peer from Debug", &reqwest);
    typed("no fault (a number that does not parse)", &parse);
    text(
        "text, a fault",
        "error sending request for url (http://127.0.0.1:40159/v1/x): client error (Connect): tcp connect error: refused by firewall",
    );
    text(
        "text, a fault with an error number",
        "error sending request for url (http://127.0.0.1:40159/v1): tcp connect error: Connection refused (os error 111)  ",
    );
    text(
        "text, no fault",
        "order 4711 of customer 42 has been accepted and will be shipped within three days; the invoice goes out by mail tonight",
    );
}

fn typed(name: &str, error: &(dyn Error + 'static)) {
    let (mut chain, options) = (Chain::new(), ReadOptions::plain());
    measure(name, || {
        chain.read_error(black_box(error), &options);
        chain.classify().is_some()
    });
}

fn text(name: &str, text: &str) {
    let (mut chain, options) = (Chain::new(), ReadOptions::plain());
    measure(&format!("{name}, {} bytes", text.len()), || {
        chain.read_text(black_box(text), &options);
        chain.classify().is_some()
    });
}

#[allow(clippy::print_stdout)]
fn measure(name: &str, mut work: impl FnMut() -> bool) {
    if std::env::args().nth(1).is_some_and(|wanted| !name.contains(&wanted)) {
        return;
    }
    let mut best = f64::MAX;
    for _ in 0..500 {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            black_box(work());
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(ROUNDS));
    }
    println!("{name:55} {best:7.0} ns");
}
