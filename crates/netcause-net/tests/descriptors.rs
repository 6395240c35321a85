//! A process without a free descriptor: `getaddrinfo` calls that a failure of name resolution.
#![cfg(target_os = "linux")]

use std::fs::File;

use netcause_fault::{Category, Cause, Confidence, Evidence, Phase, Reason};
use netcause_net::Connector;
use nix::sys::resource::{Resource, setrlimit};

#[tokio::test]
async fn exhausted_descriptors_are_told_from_a_broken_resolver() {
    // The runtime has its own by now, and the lookup gets none.
    const LIMIT: u64 = 64;
    setrlimit(Resource::RLIMIT_NOFILE, LIMIT, LIMIT).expect("it may be lowered");
    let taken: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();

    let error = Connector::new().connect("some.host.example", 80).await;
    let named = error.expect_err("no socket to ask with").fault().clone();
    let error = Connector::new().connect("127.0.0.1", 80).await;
    let numbered = error.expect_err("no socket to connect with").fault().clone();
    drop(taken);

    for (fault, phase) in [(named, Phase::Dns), (numbered, Phase::Connect)] {
        assert_eq!(fault.category, Category::LocalResource, "{fault:?}");
        assert_eq!(fault.reason, Some(Reason::TooManyOpenFiles));
        assert_eq!(fault.phase, Some(phase));
        assert_eq!((fault.cause, fault.confidence), (Cause::LocalLimits, Confidence::Certain));
        assert!(fault.evidence.contains(&Evidence::OpenFiles(LIMIT, LIMIT)), "{fault:?}");
    }
}
