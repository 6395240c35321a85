//! What broke, where and why: faults read from error chains and from texts.

mod chain;
mod classify;
mod diagnose;
mod downcast;
mod duration;
mod errno;
mod evidence;
mod fault;
mod icmp;
mod sentence;
mod taxonomy;
mod with_fault;

#[cfg(test)]
extern crate self as netcause_fault;
#[cfg(test)]
mod test_errors;

pub use chain::{Chain, MAX_LINKS, ReadOptions, Sanitize};
pub use classify::{
    Classifiers, Classify, Priority, Verdict, classify, classify_text, grpc_status_text,
};
pub use duration::{LongDuration, TextDuration, long_duration, text_duration};
pub use evidence::Evidence;
pub use fault::{Attempts, Certificate, Fault, MAX_EVIDENCE, Peer, Request};
pub use icmp::{Icmp, IcmpMeaning, IcmpSender};
pub use sentence::{Hint, Summary};
pub use taxonomy::{Category, Cause, Confidence, Limit, Phase, Reason, Retry};
pub use with_fault::WithFault;
