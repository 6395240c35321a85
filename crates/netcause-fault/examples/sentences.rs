//! Prints summary and hint of every reason, category and some statuses, with all facts and
//! with none.
//!
//! `cargo run --example sentences`

use std::borrow::Cow;
use std::time::Duration;

use netcause_fault::{Category, Certificate, Fault, Limit, Phase, Reason};

#[allow(clippy::print_stdout)]
fn main() {
    let statuses = [401, 403, 404, 407, 408, 422, 429, 499, 500, 502, 503, 504];
    let reasons = Reason::ALL.iter().map(|it| (it.as_str().to_owned(), Fault::of_reason(*it)));
    let categories = Category::ALL.iter().map(|it| (it.as_str().to_owned(), Fault::new(*it)));
    let statuses = statuses.map(|status| (status.to_string(), of_status(status)));
    for (name, bare) in reasons.chain(categories).chain(statuses) {
        println!("\n{name}");
        for mut fault in [bare.clone(), full(bare)] {
            fault.diagnose();
            let hint = fault.hint().map(|hint| hint.to_string()).unwrap_or_default();
            println!("  {}\n      {hint} [{} {}]", fault.summary(), fault.cause, fault.confidence);
        }
    }
}

/// With the category that a status has in a text.
fn of_status(status: u16) -> Fault<'static> {
    let text = format!("HTTP status client error ({status} x) for url (https://x/)");
    let category = netcause_fault::classify_text(&text).map_or(Category::Unknown, |it| it.category);
    let mut fault = Fault::new(category);
    fault.request.status = Some(status);
    fault
}

fn full(mut fault: Fault<'static>) -> Fault<'static> {
    fault.peer.server_address = Some(Cow::Borrowed("api.example"));
    fault.peer.server_port = Some(443);
    fault.peer.peer_address = "10.3.7.19".parse().ok();
    fault.peer.peer_port = Some(443);
    fault.request.method = Some(Cow::Borrowed("GET"));
    fault.request.url = Some(Cow::Borrowed("https://api.example/v1/charge"));
    fault.elapsed = Some(Duration::from_millis(301));
    fault.timeout = Some(Duration::from_millis(300));
    (fault.attempts.attempt, fault.attempts.max_attempts) = (Some(2), Some(5));
    fault.limit = (fault.category == Category::Timeout).then_some(Limit::Connect);
    fault.phase = match fault.category {
        Category::ConnectionReset => Some(Phase::Response),
        Category::ConnectTimeout => Some(Phase::Connect),
        _ => None,
    };
    fault.certificate = Some(Certificate {
        verified_at: Some(1_795_405_669),
        not_after: Some(1_795_405_669 - 3 * 86_400 - 9),
        not_before: Some(1_795_405_669 + 7200),
        ..Certificate::default()
    });
    fault
}
