//! Any chain of errors: shared ones, boxed ones, ones without an end.

#![no_main]

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use netcause_fault::{Chain, Fault, MAX_LINKS, ReadOptions, Reason, WithFault, classify};
use netcause_fuzz::{SECRET, check_chain, check_verdict, sanitize};

/// How often an error was printed since the start of the input.
static PRINTED: AtomicUsize = AtomicUsize::new(0);

type Inner = Box<dyn Error + Send + Sync>;

#[derive(Arbitrary, Debug)]
struct Plan {
    /// Innermost first.
    links: Vec<Step>,
    /// Plain links around them.
    depth: u16,
    ends: bool,
    sanitized: bool,
    limit: u16,
}

#[derive(Arbitrary, Debug)]
enum Step {
    Around {
        display: String,
        debug: String,
    },
    Os(i32),
    Kind(u8),
    Payload(u8),
    Shared,
    SharedIo,
    BoxedIo,
    Fault(u8),
    /// Prints until the writer has enough.
    Endless(String),
    /// Classifies another error while it is being printed.
    Asking,
}

fuzz_target!(|plan: Plan| {
    let error = build(&plan);
    let sanitize: &dyn Fn(&mut String, usize) -> bool = &sanitize;
    let sanitize = plan.sanitized.then_some(sanitize);
    let limit = usize::from(plan.limit);
    let options = ReadOptions { sanitize, limit, ..ReadOptions::plain() };
    PRINTED.store(0, Ordering::Relaxed);
    let mut chain = Chain::new();
    chain.read_error(&*error, &options);
    // A secret makes it read twice; a text that tells nothing is printed with `Debug`, too.
    let printed = PRINTED.load(Ordering::Relaxed);
    assert!(printed <= 8 * MAX_LINKS, "printed {printed} times");
    check_chain(&chain, limit);
    check_verdict(&chain);
    if plan.sanitized {
        assert!(!chain.message().contains(SECRET));
        assert!(!format!("{:?}", chain.classify()).contains(SECRET));
    }
    let verdict = chain.classify().map(Fault::into_owned);
    let mut again = Chain::new();
    again.read_error(&*error, &options);
    assert_eq!(verdict, again.classify());
});

fn build(plan: &Plan) -> Inner {
    let mut error: Inner = match plan.ends {
        true => "the end".into(),
        false => Box::new(Cycle),
    };
    for step in &plan.links {
        error = around(step, error);
    }
    for _ in 0..plan.depth % 12_000 {
        error = Box::new(Link { display: "around".into(), debug: "Around".into(), source: error });
    }
    error
}

fn around(step: &Step, source: Inner) -> Inner {
    match step {
        Step::Around { display, debug } => {
            Box::new(Link { display: display.clone(), debug: debug.clone(), source })
        }
        Step::Os(code) => Box::new(io::Error::from_raw_os_error(*code)),
        Step::Kind(kind) => Box::new(io::Error::from(kind_of(*kind))),
        Step::Payload(kind) => Box::new(io::Error::new(kind_of(*kind), source)),
        Step::Shared => Box::new(Arc::<dyn Error + Send + Sync>::from(source)),
        Step::SharedIo => Box::new(Arc::new(io::Error::other(source))),
        Step::BoxedIo => Box::new(Box::new(io::Error::other(source))),
        Step::Fault(reason) => {
            let reason = Reason::ALL[usize::from(*reason) % Reason::ALL.len()];
            Box::new(WithFault::new(source, Fault::of_reason(reason)))
        }
        Step::Endless(text) => Box::new(Endless(format!("{text} "))),
        Step::Asking => Box::new(Asking(source)),
    }
}

fn kind_of(number: u8) -> io::ErrorKind {
    use io::ErrorKind as Kind;
    const KINDS: [Kind; 12] = [
        Kind::ConnectionRefused,
        Kind::ConnectionReset,
        Kind::ConnectionAborted,
        Kind::NotConnected,
        Kind::BrokenPipe,
        Kind::TimedOut,
        Kind::HostUnreachable,
        Kind::NetworkUnreachable,
        Kind::PermissionDenied,
        Kind::UnexpectedEof,
        Kind::InvalidData,
        Kind::Other,
    ];
    KINDS[usize::from(number) % KINDS.len()]
}

struct Link {
    display: String,
    debug: String,
    source: Inner,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        PRINTED.fetch_add(1, Ordering::Relaxed);
        f.write_str(&self.display)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        PRINTED.fetch_add(1, Ordering::Relaxed);
        f.write_str(&self.debug)
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

#[derive(Debug)]
struct Cycle;

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        PRINTED.fetch_add(1, Ordering::Relaxed);
        f.write_str("again")
    }
}

impl Error for Cycle {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

#[derive(Debug)]
struct Endless(String);

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        PRINTED.fetch_add(1, Ordering::Relaxed);
        loop {
            f.write_str(&self.0)?;
        }
    }
}

impl Error for Endless {}

#[derive(Debug)]
struct Asking(Inner);

impl fmt::Display for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        PRINTED.fetch_add(1, Ordering::Relaxed);
        write!(f, "asked: {:?}", classify(&io::Error::from_raw_os_error(111)).map(|it| it.category))
    }
}

impl Error for Asking {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
