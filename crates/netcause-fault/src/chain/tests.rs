use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Chain, MAX_LINKS, ReadOptions};
use crate::test_errors::{ConnectError, Link, link, link_to, refused};
use crate::{Category, Classifiers, Fault, Reason, WithFault};

fn read(error: &(dyn Error + 'static)) -> Chain {
    let mut chain = Chain::new();
    chain.read_error(error, &ReadOptions::plain());
    chain
}

fn read_text(text: &str) -> Chain {
    let mut chain = Chain::new();
    chain.read_text(text, &ReadOptions::plain());
    chain
}

fn links(chain: &Chain) -> Vec<&str> {
    chain.links().collect()
}

#[test]
fn links_are_joined_outermost_first() {
    let chain = read(&link_to("could not charge the card", link_to("connect", refused())));
    assert_eq!(
        chain.message(),
        "could not charge the card: connect: Connection refused (os error 111)"
    );
    assert_eq!(chain.links().len(), 3);
    assert_eq!(chain.innermost(), "Connection refused (os error 111)");
}

#[test]
fn a_link_that_the_one_before_ends_with_is_not_repeated() {
    let inner = link_to("b: c", link("c"));
    let chain = read(&link_to("a: b: c", inner));
    assert_eq!(chain.message(), "a: b: c");
    assert_eq!(links(&chain), ["a: b: c", "b: c", "c"]);
    let same = read(&link_to("x", link_to("x", link("x"))));
    assert_eq!(links(&same), ["x"]);
}

#[test]
fn io_errors_and_shared_errors_are_opened() {
    let nested = io::Error::other(io::Error::other(link_to("tls", refused())));
    assert_eq!(links(&read(&nested)), ["tls", "Connection refused (os error 111)"]);
    let shared: Arc<dyn Error + Send + Sync> = Arc::new(link_to("shared", link("inner")));
    assert_eq!(links(&read(&shared)), ["shared", "inner"]);
    assert_eq!(links(&read(&Arc::new(refused()))), ["Connection refused (os error 111)"]);
    assert_eq!(links(&read(&Box::new(refused()))), ["Connection refused (os error 111)"]);
    let reset: Arc<dyn Error + Send + Sync> = Arc::new(io::Error::from_raw_os_error(104));
    let chain = read(&Link { text: "redis".into(), source: Some(Box::new(reset)) });
    assert_eq!(chain.classify().and_then(|it| it.reason), Some(Reason::ConnectionReset));
}

#[test]
fn operating_system_errors_print_as_the_standard_library_prints_them() {
    for code in [1, 32, 104, 110, 111, 113, 9999] {
        let error = io::Error::from_raw_os_error(code);
        assert_eq!(read(&error).message(), error.to_string());
    }
}

#[test]
fn a_chain_without_end_is_cut() {
    #[derive(Debug)]
    struct Cycle;
    impl fmt::Display for Cycle {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("again")
        }
    }
    impl Error for Cycle {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }
    assert_eq!(links(&read(&Cycle)), ["again"]);
    assert_eq!(links(&read(&link_to("once", Cycle))), ["once", "again"]);
    let mut deep = link("0");
    for depth in 1..10_000 {
        deep = link_to(&format!("{depth}"), deep);
    }
    let chain = read(&deep);
    assert_eq!(chain.links().len(), MAX_LINKS);
    assert_eq!(links(&chain).first(), Some(&"9999"));
    assert_eq!(chain.classify(), None);
    drop_all(deep);
}

/// Drops one link after the other: links that drop each other take more stack than a test has.
fn drop_all(error: Link) {
    let mut next = error.source;
    while let Some(error) = next {
        next = error.downcast::<Link>().ok().and_then(|link| link.source);
    }
}

#[test]
fn debug_output_of_a_deep_chain_is_read_up_to_a_limit() {
    let mut deep = link("the bottom");
    for _ in 0..10_000 {
        deep = link_to("dns error", deep);
    }
    // Printed with all of its sources, as what is derived is.
    struct Deep(Link);
    impl fmt::Debug for Deep {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            fmt::Debug::fmt(&self.0, f)
        }
    }
    impl fmt::Display for Deep {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            fmt::Display::fmt(&self.0, f)
        }
    }
    impl Error for Deep {}
    let deep = Deep(deep);
    let chain = read(&deep);
    assert_eq!(links(&chain), ["dns error"]);
    assert!(chain.facts.debug.starts_with("Link { text: \"dns error\", source: Some(Link { text"));
    assert!(chain.facts.debug.len() <= super::mute::LIMIT + '…'.len_utf8());
    assert_eq!(chain.classify().and_then(|it| it.reason), Some(Reason::DnsFailure));
    drop_all(deep.0);
}

#[test]
fn debug_output_without_end_is_cut() {
    #[derive(Debug)]
    struct Cycle;
    struct Endless;
    impl fmt::Debug for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                write!(f, "Error({Cycle:?}, ")?;
            }
        }
    }
    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("tcp connect error")
        }
    }
    impl Error for Endless {}
    let chain = read(&Endless);
    assert!(chain.facts.debug.starts_with("Error(Cycle, Error(Cycle, "));
    assert!(chain.facts.debug.len() <= super::mute::LIMIT + '…'.len_utf8());
}

#[test]
fn shared_and_boxed_errors_without_end_are_cut() {
    let mut deep: Box<dyn Error + Send + Sync> = Box::new(refused());
    for depth in 0..10_000 {
        deep = match depth % 4 {
            0 => Box::new(io::Error::other(deep)),
            1 => Box::new(Arc::<dyn Error + Send + Sync>::from(deep)),
            2 => Box::new(Box::new(io::Error::other(deep))),
            _ => Box::new(WithFault::new(deep, Fault::of_reason(Reason::Timeout))),
        };
    }
    let mut chain = Chain::new();
    chain.read_error(&*deep, &ReadOptions::plain());
    assert!(chain.links().len() <= MAX_LINKS);
    assert_eq!(chain.classify().and_then(|it| it.reason), Some(Reason::Timeout));
    std::mem::forget(deep);
}

#[test]
fn a_long_link_is_cut_at_a_character_and_leaves_room_for_the_inner_one() {
    let options = ReadOptions { limit: 200, ..ReadOptions::plain() };
    let mut chain = Chain::new();
    chain.read_error(&link_to(&"ü".repeat(10_000), refused()), &options);
    assert!(chain.message().len() <= 200);
    assert!(links(&chain).first().unwrap().ends_with("ü…"));
    assert_eq!(chain.innermost(), "Connection refused (os error 111)");
}

#[test]
fn a_limit_ends_the_formatting_itself() {
    #[derive(Debug)]
    struct Endless;
    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                f.write_str("more and ")?;
            }
        }
    }
    impl Error for Endless {}
    let chain = read(&Endless);
    assert!(chain.message().ends_with('…'));
    assert!(chain.message().len() <= ReadOptions::plain().limit);
}

#[test]
fn an_error_that_writes_blanks_without_end_is_ended() {
    struct Blank(&'static str, &'static str);
    impl fmt::Debug for Blank {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("ConnectError")?;
            loop {
                f.write_str(self.1)?;
            }
        }
    }
    impl fmt::Display for Blank {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)?;
            loop {
                f.write_str(self.1)?;
            }
        }
    }
    impl Error for Blank {}
    for blank in ["\n", "\r\n", "  \n  ", "\u{7}", ""] {
        let chain = read(&link_to("once", Blank("tcp connect error", blank)));
        let text = chain.innermost().strip_prefix("tcp connect error").unwrap();
        assert_eq!(text.trim_start_matches(' '), "…", "{blank:?}");
    }
}

#[test]
fn an_error_is_one_line() {
    assert_eq!(read(&link("a\n\tb\r\n\r\nc\u{7}d\n")).message(), "a b c d");
}

#[test]
fn secrets_are_removed_before_anything_is_read() {
    let sanitize = |text: &mut String, start: usize| {
        let (dirty, before) = (text.split_off(start), text.len());
        text.push_str(&dirty.replace("hunter2", "[redacted]"));
        text.len() != before + dirty.len()
    };
    let options = ReadOptions { sanitize: Some(&sanitize), ..ReadOptions::plain() };
    let mut chain = Chain::new();
    let error = link_to("for url (http://u:hunter2@db:1/?hunter2)", link("hunter2 refused"));
    chain.read_error(&error, &options);
    assert!(!chain.message().contains("hunter2"));
    assert_eq!(chain.innermost(), "[redacted] refused");
    chain.read_text("login hunter2\n\nCaused by:\n    0: hunter2 refused", &options);
    assert_eq!(links(&chain), ["login [redacted]", "[redacted] refused"]);
}

#[test]
fn a_secret_at_the_cut_is_removed_whole() {
    let sanitize = |text: &mut String, start: usize| {
        let (dirty, before) = (text.split_off(start), text.len());
        text.push_str(&dirty.replace("hunter2hunter2", ""));
        text.len() != before + dirty.len()
    };
    let options = ReadOptions { sanitize: Some(&sanitize), limit: 20, ..ReadOptions::plain() };
    let mut chain = Chain::new();
    chain.read_error(&link("0123456789hunter2hunter2"), &options);
    assert_eq!(chain.message(), "0123456789");
}

#[test]
fn a_panicking_error_leaves_the_chain_usable() {
    #[derive(Debug)]
    struct Bomb;
    impl fmt::Display for Bomb {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half a ")?;
            panic!("in Display");
        }
    }
    impl Error for Bomb {}
    let mut chain = Chain::new();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        chain.read_error(&Bomb, &ReadOptions::plain());
    }));
    assert!(caught.is_err());
    chain.read_error(&refused(), &ReadOptions::plain());
    assert_eq!(chain.message(), "Connection refused (os error 111)");
    assert_eq!(chain.links().len(), 1);
}

#[test]
fn the_peer_of_a_connect_error_is_read_from_its_debug_output() {
    for address in ["10.3.7.19:12345", "[::1]:80"] {
        let error = ConnectError::new(address.parse().unwrap(), refused());
        let chain = read(&link_to("client error (Connect)", error));
        let fault = chain.classify().unwrap();
        let peer = (fault.peer.peer_address.unwrap(), fault.peer.peer_port.unwrap());
        assert_eq!(std::net::SocketAddr::from(peer), address.parse().unwrap());
    }
}

#[test]
fn a_fault_in_the_chain_is_found() {
    let mut fault = Fault::of_reason(Reason::ConnectRefused);
    fault.peer.server_address = Some("db".into());
    let error = WithFault::new(refused(), fault);
    let chain = read(&link_to("query", error));
    assert_eq!(chain.message(), "query: Connection refused (os error 111)");
    assert_eq!(chain.classify().unwrap().peer.server_address.as_deref(), Some("db"));
}

#[test]
fn anyhow_debug_output_gives_its_links_without_the_backtrace() {
    let text = "could not load\n\nCaused by:\n    0: connect to db\n    1: Connection refused (os \
                error 111)\n\nStack backtrace:\n   0: main\n             at ./src/main.rs:3";
    let chain = read_text(text);
    assert_eq!(
        links(&chain),
        ["could not load", "connect to db", "Connection refused (os error 111)"]
    );
    let single = read_text("outer\n\nCaused by:\n    inner one\n    goes on");
    assert_eq!(links(&single), ["outer", "inner one goes on"]);
}

#[test]
fn eyre_debug_output_gives_its_links_without_the_location() {
    let text = "outer\n\nCaused by:\n   0: a\n   1: b\n\nLocation:\n    src/main.rs:12:5\n";
    assert_eq!(links(&read_text(text)), ["outer", "a", "b"]);
    let color = "\n   0: outer\n   1: inner\n\nLocation:\n   src/main.rs:7";
    assert_eq!(links(&read_text(color)), ["outer", "inner"]);
}

#[test]
fn the_real_debug_output_of_anyhow_is_read() {
    let error = anyhow::Error::new(refused()).context("connect").context("charge the card");
    let chain = read_text(&format!("{error:?}"));
    assert_eq!(links(&chain), ["charge the card", "connect", "Connection refused (os error 111)"]);
    assert_eq!(read(&*error).links().len(), 3);
    let fault = read_text(&format!("{error:#}")).classify().map(|it| it.category);
    assert_eq!(fault, Some(crate::Category::ConnectRefused));
}

#[test]
fn pretty_debug_output_becomes_the_compact_one() {
    let error = ConnectError::new("127.0.0.1:1".parse().unwrap(), refused());
    assert_eq!(read_text(&format!("{error:#?}")).message(), format!("{error:?}"));
    let nested = io::Error::other(refused());
    assert_eq!(read_text(&format!("{nested:#?}")).message(), format!("{nested:?}"));
}

#[test]
fn an_empty_text_has_no_link() {
    for text in ["", "\n\n", "  "] {
        let chain = read_text(text);
        assert_eq!((chain.links().len(), chain.message(), chain.innermost()), (0, "", ""));
    }
}

proptest! {
    #[test]
    fn any_text_makes_one_line_within_the_limit(text in any_text(), limit in 0_usize..300) {
        let classifiers = Classifiers::none();
        let options = ReadOptions { classifiers: &classifiers, sanitize: None, limit };
        let mut chain = Chain::new();
        for read in [Chain::read_text, Chain::read_message] {
            read(&mut chain, &text, &options);
            prop_assert!(!chain.message().contains(|c: char| c.is_ascii_control()));
            prop_assert!(chain.message().len() <= limit.max(2));
            prop_assert!(chain.links().all(|link| chain.message().contains(link)));
        }
    }

    #[test]
    fn any_error_chain_makes_one_line(texts in proptest::collection::vec(any_text(), 1..6), limit in 0_usize..300) {
        let mut texts = texts.into_iter().rev();
        let mut error = link(&texts.next().unwrap());
        for text in texts {
            error = link_to(&text, error);
        }
        let options = ReadOptions { limit, ..ReadOptions::plain() };
        let mut chain = Chain::new();
        chain.read_error(&error, &options);
        prop_assert!(!chain.message().contains(|c: char| c.is_ascii_control()));
        prop_assert!(chain.message().len() <= limit.max(2));
        prop_assert!(chain.links().all(|link| !link.is_empty() && chain.message().contains(link)));
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z:(){}\\[\\], \n\t…ü]{0,80}",
        "(a|b: |\n|Caused by:|    0: |Location:|, |\\)|\\{|…){0,12}",
    ]
}

/// Prints the text of the error inside, and does not name it as its source.
#[derive(Debug)]
struct InText(Link);

impl fmt::Display for InText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "charging failed: {}", self.0)
    }
}

impl Error for InText {}

#[test]
fn a_last_link_that_says_nothing_is_asked_for_its_debug_output() {
    let chain = read(&InText(link_to("error sending request", refused())));
    let category = chain.classify().map(|fault| fault.category);
    assert_eq!(category, Some(Category::ConnectRefused));
    assert_eq!(chain.message(), "charging failed: error sending request");
}

#[test]
fn debug_output_is_clean_before_anything_is_taken_from_it() {
    let inner = link_to("http://db/?key=secret", refused());
    let error = InText(link_to("error sending request", inner));
    let options = ReadOptions {
        sanitize: Some(&|text, from| {
            let clean = text.split_off(from).replace("secret", "***");
            text.push_str(&clean);
            false
        }),
        ..ReadOptions::plain()
    };
    let mut chain = Chain::new();
    chain.read_error(&error, &options);
    let fault = chain.classify().unwrap();
    assert_eq!(fault.request.url.as_deref(), Some("http://db/?key=***"));
}
