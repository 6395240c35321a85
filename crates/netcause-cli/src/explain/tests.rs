use netcause_fault::{Category, Fault, Reason};
use proptest::prelude::*;

use super::checks::of;
use super::quote::{host, quoted, url};
use super::*;

fn commands(fault: &Fault<'_>) -> Vec<String> {
    of(fault).into_iter().map(|it| it.command).collect()
}

fn fault(reason: Reason, host: &'static str, port: u16) -> Fault<'static> {
    let mut fault = Fault::of_reason(reason);
    fault.peer.server_address = Some(host.into());
    fault.peer.server_port = Some(port);
    fault
}

#[test]
fn commands_have_the_real_host_and_port() {
    assert_eq!(
        commands(&fault(Reason::ConnectRefused, "db.internal", 5432)),
        ["nc -vz -w 3 db.internal 5432", "ss -ltn 'sport = :5432'", "getent ahosts db.internal"],
    );
    assert_eq!(
        commands(&fault(Reason::DnsHostNotFound, "api.example", 443))[1],
        "dig +short api.example",
    );
    let expired = commands(&fault(Reason::TlsCertificateExpired, "api.example", 443));
    assert!(
        expired[0]
            .starts_with("openssl s_client -connect api.example:443 -servername api.example <")
    );
    let address = commands(&fault(Reason::TlsCertificateExpired, "::1", 443));
    assert!(
        address[0].starts_with("openssl s_client -connect '[::1]:443' </dev/null"),
        "{address:?}"
    );
}

#[test]
fn no_host_is_made_up_and_there_are_three_checks_all_the_same() {
    for category in [Category::ConnectTimeout, Category::Dns, Category::Timeout, Category::Auth] {
        let commands = commands(&Fault::new(category));
        assert!(commands.len() >= 2, "{category}: {commands:?}");
        for command in &commands {
            let known = ["ss ", "cat ", "getent hosts localhost", "date "];
            assert!(known.iter().any(|it| command.starts_with(it)), "{command}");
        }
    }
}

#[test]
fn a_host_that_is_an_option_or_holds_more_than_a_name_is_not_used() {
    for name in ["-e/bin/sh", "a b", "a;b", "$(x)", "", "a'b", "%x", "a\n"] {
        assert_eq!(host(name), None, "{name:?}");
    }
    let hostile = Fault {
        peer: netcause_fault::Peer { server_address: Some("-oProxy".into()), ..Default::default() },
        ..Fault::new(Category::Dns)
    };
    assert!(commands(&hostile).iter().all(|it| !it.contains("oProxy")));
}

#[test]
fn a_url_is_asked_again_without_its_secrets() {
    let asked = |text: &str| url(text).unwrap_or_default();
    assert_eq!(asked("https://bob:pw@api.example:8443/v1?key=x#y"), "https://api.example:8443/v1");
    assert_eq!(asked("http://[::1]:80/x"), "http://[::1]:80/x");
    assert_eq!(asked("redis://db/0"), "");
    assert_eq!(asked("http://-x/"), "");
}

proptest! {
    /// The shell is the judge.
    #[test]
    fn a_quoted_word_is_one_word(word in "[^\0]{0,20}") {
        let script = format!("printf %s {}", quoted(&word));
        let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&output.stdout), word);
    }
}

#[test]
fn the_first_line_of_many_that_reports_a_failure_is_explained() {
    let mut enricher =
        Enricher::new(Redactor::default(), Default::default(), Form::Explained { colour: false });
    let text = "Traceback (most recent call last):\n  File \"x.py\"\nConnectionRefusedError: [Errno 111] Connection refused\n";
    let (answer, is_fault) = explain(text, &mut enricher);
    assert!(is_fault && answer.contains("nothing listens there"), "{answer}");
    let (answer, is_fault) = explain("all is well", &mut enricher);
    assert!(!is_fault && answer.contains("no failure"), "{answer}");
    assert!(!explain("", &mut enricher).1);
}

#[test]
fn every_category_has_a_page_without_what_is_not_known() {
    for category in Category::ALL {
        let mut fault = Fault::new(*category);
        fault.diagnose();
        let commands = commands(&fault);
        assert!((2..=3).contains(&commands.len()), "{category}: {commands:?}");
    }
}
