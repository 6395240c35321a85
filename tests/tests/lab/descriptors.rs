//! No file descriptor left, in a process of its own.

use std::fs::File;

use netcause_fault::Category::LocalResource;
use netcause_fault::Cause::LocalLimits;
use netcause_fault::Confidence::Certain;
use netcause_fault::Phase;
use netcause_tests::child;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::expect::expect;
use crate::lab::Lab;

#[test]
fn a_lookup_without_a_descriptor_left_is_a_limit_of_this_process() {
    let finished = child::alone(|| {
        let Some(lab) = Lab::build() else { return };
        let host = format!("{}:7001", lab.server_name());
        let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        setrlimit(Resource::RLIMIT_NOFILE, 256, most).unwrap();
        let files: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        let fault = lab.fault(&host);
        drop(files);
        expect("file descriptors exhausted, shown as a DNS error", &fault)
            .category(LocalResource)
            .cause(&[LocalLimits])
            .confidence(Certain, Certain)
            .evidence("this process has 256 files open, of 256 that it may open")
            .hint("out of file descriptors");
        assert_eq!(fault.phase, Some(Phase::Dns));
    });
    print!("{}", finished.stdout);
}
