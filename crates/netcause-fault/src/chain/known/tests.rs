//! What is read beside a known chain is what is read without one.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::super::{Chain, ReadOptions};
use crate::test_errors::{ConnectError, Link, link};
use crate::{Fault, Reason, WithFault};

type Boxed = Box<dyn Error + Send + Sync>;

/// One link of an error as it may be made.
#[derive(Debug, Clone)]
enum Made {
    Text(&'static str),
    Os(i32),
    Kind(io::ErrorKind),
    Connect(u8),
    WithFault(Option<&'static str>, Option<u64>),
    Shared,
    InIo,
}

const TEXTS: &[&str] = &[
    "connect",
    "connect: refused",
    "refused",
    "",
    " spaced ",
    "two\nlines",
    "db error",
    "error sending request",
    "connection timed out",
    "password=hunter2",
    "a text that is so long that it does not fit into the room that there is for a link",
];

impl Made {
    fn around(&self, source: Option<Boxed>) -> Boxed {
        match self {
            Made::Text(text) => Box::new(Link { text: (*text).to_owned(), source }),
            Made::Os(code) => Box::new(io::Error::from_raw_os_error(*code)),
            Made::Kind(kind) => Box::new(io::Error::from(*kind)),
            Made::Connect(last) => {
                let address = ([10, 0, 0, *last], 80).into();
                Box::new(ConnectError::new(address, io::Error::from_raw_os_error(111)))
            }
            Made::WithFault(host, elapsed) => {
                let mut fault = Fault::of_reason(Reason::ConnectRefused);
                fault.peer.server_address = host.map(Into::into);
                fault.elapsed = elapsed.map(Duration::from_millis);
                Box::new(WithFault::new(source.unwrap_or_else(|| Box::new(link("x"))), fault))
            }
            Made::Shared => {
                let shared: Arc<dyn Error + Send + Sync> =
                    Arc::from(source.unwrap_or_else(|| Box::new(link("shared"))));
                Box::new(shared)
            }
            Made::InIo => Box::new(io::Error::other(source.unwrap_or_else(|| "inner".into()))),
        }
    }
}

fn error(made: &[Made]) -> Boxed {
    let innermost: Boxed = Box::new(link("innermost"));
    made.iter().rev().fold(innermost, |source, made| made.around(Some(source)))
}

fn made() -> impl Strategy<Value = Made> {
    prop_oneof![
        6 => proptest::sample::select(TEXTS).prop_map(Made::Text),
        1 => prop_oneof![Just(104), Just(111)].prop_map(Made::Os),
        1 => prop_oneof![Just(io::ErrorKind::TimedOut), Just(io::ErrorKind::UnexpectedEof)]
            .prop_map(Made::Kind),
        1 => (1_u8..3).prop_map(Made::Connect),
        2 => (proptest::option::of(Just("db")), proptest::option::of(1_u64..3))
            .prop_map(|(host, elapsed)| Made::WithFault(host, elapsed)),
        1 => Just(Made::Shared),
        1 => Just(Made::InIo),
    ]
}

/// An error, and one that differs from it in one link, or not at all.
fn two_errors() -> impl Strategy<Value = (Vec<Made>, Vec<Made>)> {
    (proptest::collection::vec(made(), 0..5), made(), 0_usize..8).prop_map(|(one, other, place)| {
        let mut changed = one.clone();
        match changed.get_mut(place) {
            Some(link) => *link = other,
            None if place == 7 => changed.push(other),
            None if place == 6 => drop(changed.pop()),
            None => {}
        }
        (one, changed)
    })
}

fn without_secrets(text: &mut String, start: usize) -> bool {
    let found = text.get(start..).and_then(|text| text.find("hunter2"));
    if let Some(at) = found {
        text.replace_range(start + at..start + at + "hunter2".len(), "REDACTED");
    }
    found.is_some()
}

proptest! {
    #[test]
    fn a_known_chain_changes_nothing(
        (known, now) in two_errors(),
        limit in prop_oneof![3 => Just(8192), 1 => 0_usize..120],
        sanitized in any::<bool>(),
    ) {
        let sanitize = sanitized.then_some(&without_secrets as &dyn Fn(&mut String, usize) -> bool);
        let options = ReadOptions { sanitize, limit, ..ReadOptions::plain() };
        let (known, now) = (error(&known), error(&now));
        let [mut before, mut alone, mut chain] = [(); 3].map(|()| Chain::new());
        before.read_error(&*known, &options);
        alone.read_error(&*now, &options);
        if chain.read_unless_known(&*now, &options, &before) {
            prop_assert!(alone.tells_same(&before));
            chain.take_known(&before);
        }
        prop_assert_eq!(chain.message(), alone.message());
        prop_assert!(chain.tells_same(&alone), "{:?}\n{:?}", chain, alone);
        prop_assert_eq!(chain.stated(), alone.stated());
    }
}

#[test]
fn the_same_error_is_known_again() {
    let refused = || error(&[Made::Text("no cart"), Made::Text("connect"), Made::Os(111)]);
    let (mut known, mut chain) = (Chain::new(), Chain::new());
    known.read_error(&*refused(), &ReadOptions::plain());
    assert!(chain.read_unless_known(&*refused(), &ReadOptions::plain(), &known));
    assert_eq!(chain.message(), "");
}

#[test]
fn an_error_is_printed_once() {
    use std::cell::Cell;
    use std::fmt;

    #[derive(Debug)]
    struct Counted(Cell<u32>);
    impl fmt::Display for Counted {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            write!(f, "try number {}", self.0.get())
        }
    }
    impl Error for Counted {}

    let (mut known, mut chain) = (Chain::new(), Chain::new());
    let counted = Counted(Cell::new(0));
    known.read_error(&counted, &ReadOptions::plain());
    assert!(!chain.read_unless_known(&counted, &ReadOptions::plain(), &known));
    assert_eq!(chain.message(), "try number 2");
}
