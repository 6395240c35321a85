use proptest::prelude::*;

use super::*;

fn redacted(text: &str) -> String {
    let mut buffer = text.to_owned();
    Redactor::default().text(&mut buffer, 0);
    buffer
}

#[test]
fn every_mark_is_found() {
    for byte in 0..=u8::MAX {
        let is_mark = (b':'..=b'@').contains(&byte);
        let expected = if is_mark { 0x8080_8080_8080_8080 } else { 0 };
        assert_eq!(marks_of(repeat(byte)), expected);
        assert_eq!(
            marks_of(u64::from_le_bytes([byte, b'x', 0xff, 0, 0, 0, 0, 0])),
            expected & 0x80
        );
    }
}

#[test]
fn texts_with_secrets() {
    for (text, expected) in [
        ("postgres://user:pw@host:5432/db", "postgres://REDACTED@host:5432/db"),
        ("redis://:pw@cache:6379/0", "redis://REDACTED@cache:6379/0"),
        ("postgres://u:p/w?#x@db:5432/x", "postgres://REDACTED@db:5432/x"),
        ("postgres://u:p@ss@db/x", "postgres://REDACTED@db/x"),
        ("https://tok3n@github.com/a/b", "https://REDACTED@github.com/a/b"),
        ("mongodb://u:p@h1:27017,h2:27017/db", "mongodb://REDACTED@h1:27017,h2:27017/db"),
        ("u:p@tcp(db:3306)/x", "REDACTED@tcp(db:3306)/x"),
        ("a@b u:p@unix(/run/db)/x", "a@b REDACTED@unix(/run/db)/x"),
        ("Session-Id: 7 for user_id: 8", "Session-Id: REDACTED for user_id: 8"),
        (
            "error sending request for url (https://h:8443/p?key=S&x=1)",
            "error sending request for url (https://h:8443/p?key=REDACTED&x=REDACTED)",
        ),
        ("(https://h/p?key=S): timed out", "(https://h/p?key=REDACTED): timed out"),
        ("GET /v1/x?key=S HTTP/1.1", "GET /v1/x?key=REDACTED HTTP/1.1"),
        (
            "https://h/p#access_token=S&x=1 host=db",
            "https://h/p#access_token=REDACTED&x=REDACTED host=db",
        ),
        ("https://h/p#a8f5f167f44f4964e6c998de", "https://h/p#REDACTED"),
        ("url=https://h/p?k=v,host=db", "url=https://h/p?k=REDACTED,host=db"),
        ("password=hunter2", "password=REDACTED"),
        ("password: hunter2, host: db", "password: REDACTED, host: db"),
        ("host=db password=hunter2 port=5432", "host=db password=REDACTED port=5432"),
        (r#"{"password":"hunter2","host":"db"}"#, r#"{"password":"REDACTED","host":"db"}"#),
        (r#"{"password": 12345}"#, r#"{"password": REDACTED}"#),
        (r#"body: "{\"token\":\"abc\",\"a\":1}""#, r#"body: "{\"token\":\"REDACTED\",\"a\":1}""#),
        (r#"api_key="value with spaces" x=1"#, r#"api_key="REDACTED" x=1"#),
        (r#"password="a\"b" x=1"#, r#"password="REDACTED" x=1"#),
        (
            r#"Config { password: Some("x y"), port: 1 }"#,
            r#"Config { password: Some("REDACTED"), port: 1 }"#,
        ),
        (r#"secret: [115, 101, 99], port: 1"#, r#"secret: [REDACTED], port: 1"#),
        (r#"("authorization", "Bearer abc")"#, r#"("authorization", "REDACTED")"#),
        (
            r#"{"authorization": "Bearer abc", "accept": "*/*"}"#,
            r#"{"authorization": "REDACTED", "accept": "*/*"}"#,
        ),
        (r#"{"set-cookie": ["a=b", "c=d"], "x": "y"}"#, r#"{"set-cookie": [REDACTED], "x": "y"}"#),
        ("Authorization: Bearer abc.def host=db", "Authorization: Bearer REDACTED host=db"),
        ("authorization: Basic dTpw, accept: */*", "authorization: Basic REDACTED, accept: */*"),
        ("Cookie: a=b; c=d\nHost: db", "Cookie: REDACTED\nHost: db"),
        ("Cookie: a=\"b\"; c=d", "Cookie: REDACTED"),
        (
            "curl -H 'Authorization: s3' https://h/p",
            "curl -H 'Authorization: REDACTED' https://h/p",
        ),
        ("Authorization: Digest username=\"u\", response=\"r\"", "Authorization: REDACTED"),
        (
            "got Digest username=\"u\", response=\"r\", for /x at db:1",
            "got Digest REDACTED, for /x at db:1",
        ),
        ("hf_AbCdEf0123456789AbCdEf0123456789Ab", "REDACTED"),
        ("got Bearer abc123 from db:1", "got Bearer REDACTED from db:1"),
        ("got Basic dXNlcjpwYXNz from db:1", "got Basic REDACTED from db:1"),
        ("Server=db;Password=my pass;Database=x", "Server=db;Password=REDACTED;Database=x"),
        ("run --password hunter2 --host db", "run --password REDACTED --host db"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!", "jwt REDACTED!"),
        ("id AKIAIOSFODNN7EXAMPLE.", "id REDACTED."),
        ("x-api-key: 123-456", "x-api-key: REDACTED"),
        ("token='a b' host=db", "token='REDACTED' host=db"),
        ("größe=1 Passwort password=größer ß", "größe=1 Passwort password=REDACTED ß"),
    ] {
        assert_eq!(redacted(text), expected);
    }
}

#[test]
fn only_the_part_from_start_on_is_changed() {
    let mut buffer = String::from("password=a password=b");
    Redactor::default().text(&mut buffer, 11);
    assert_eq!(buffer, "password=a password=REDACTED");
}

#[test]
fn extra_keys_are_found_in_any_case_and_alone() {
    let redactor = Redactor::new(["national_id", "PIN", ""]);
    let mut text = String::from("user.national-id=7 pin: 1234, spin=2 password=x");
    redactor.text(&mut text, 0);
    assert_eq!(text, "user.national-id=REDACTED pin: REDACTED, spin=2 password=REDACTED");
    assert!(redactor.is_secret_key("card.pin"));
    assert!(!redactor.is_secret_key("pinned"));
}

#[test]
fn harmless_texts_stay() {
    for text in [
        "",
        "tls: bad certificate",
        "invalid token at line 3",
        "Basic usage",
        "max tokens: 5",
        "12:30:45",
        "host:5432",
        "key not found",
        "error: x=1",
        "Basic authentication failed",
        "Bearer authentication required",
        "the bearer of bad news",
        "unexpected token: found a comma",
        "invalid token: expected value",
        "password authentication failed for user \"bob\"",
        "secretary: bob",
        "token_count=5",
        "tokens: 12",
        "password_length: 8",
        "primary_key=42",
        "cache key: user:42",
        "public_key: ssh-rsa",
        "connect to https://api.example:8443/v1 failed",
        "https://user.example/@scope/pkg@1.2.3",
        "https://docs.rs/x#method.foo",
        "is it? yes=no",
        "password: None",
        "token: null",
        "secret=",
        "password",
        "password=<hidden>",
        "token=***",
        "eyJ",
        "eyJust a word",
        "AKIA",
        "ghp_short",
        "npm_config",
        "sk-learn",
        "task-1234567890",
        "-----BEGIN CERTIFICATE----- MIIB -----END CERTIFICATE-----",
        "tokio::token::parse: x",
        "missing field `password` at line 1",
        "Digest mismatch sha256:abc",
        "Negotiate failed",
        "Unexpected token '<', \"<!DOCTYPE\" is not valid JSON",
        "cookie jar is full",
        "session 42 closed",
        "author: bob",
        "keyboard: us",
        "{\"key\": \"value\"}",
        "a@b.example",
        "jwt expired",
        "https://h/p?wsdl",
        "#5: fixed",
        "authorization failed",
        "redis://cache:6379/0",
        "mysql at tcp(db:3306)",
        "credentials expired at 12:00",
        "ErrorCode(token)",
        "monkey=1",
        "http://[::1]:8080/x",
        "pwd",
        "os error 111",
        "GET /v1/charge",
        "Authorization: REDACTED",
    ] {
        assert_eq!(redacted(text), text);
    }
}

/// Enough to meet most pairs of pieces.
const CASES: u32 = 20_000;

/// Pieces that texts with secrets are made of.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "password",
        "token",
        "Session-Id2",
        "aws_secret_access_key_id",
        "user_id",
        "00:00:00",
        "token_raw_",
        "@unix(",
        "Authorization",
        "cookie",
        "api_key",
        "Bearer ",
        "Basic ",
        "Digest username=",
        "dXNlcjpwYXNz",
        "eyJhbc.eyJd.ghijklmnop1",
        "AKIAIOSFODNN7EXAMPLE",
        "://",
        "@",
        "@tcp(",
        "?",
        "#",
        "&",
        "=",
        ":",
        ": ",
        ",",
        ", ",
        ";",
        " ",
        "\"",
        "'",
        "\\",
        "\\\"",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "Some(",
        "-----BEGIN PRIVATE KEY-----",
        "-----END",
        "\n",
        "REDACTED",
        "x",
        "/",
        "é",
        "--",
        "host=db",
        "sk_live_0123456789",
        "hf_AbCdEf0123456789AbCdEf0123456789Ab",
        "Digest ",
        "hooks.slack.com/services/",
        "a1b2c3d4e5f6a7b8",
        "None",
        "5432",
        "=>",
    ]);
    prop_oneof![8 => known.prop_map(String::from), 1 => "\\PC{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn redacting_twice_changes_nothing_more(pieces in prop::collection::vec(piece(), 0..14)) {
        let once = redacted(&pieces.concat());
        prop_assert_eq!(redacted(&once), once);
    }

    #[test]
    fn the_quick_look_at_a_mark_overlooks_nothing(pieces in prop::collection::vec(piece(), 0..14)) {
        // There is no quick look where names of one's own have to be found.
        let mut slow = pieces.concat();
        Redactor::new(["never_met"]).text(&mut slow, 0);
        prop_assert_eq!(redacted(&pieces.concat()), slow);
    }

    #[test]
    fn all_ways_to_ask_agree(pieces in prop::collection::vec(piece(), 0..14)) {
        let text = pieces.concat();
        let clean = redacted(&text);
        prop_assert_eq!(Redactor::default().clean(&text), clean.as_str());
        prop_assert_eq!(Redactor::default().has_secret(&text), clean != text);
    }

    #[test]
    fn any_text_is_survived(text in any::<String>(), start in 0_usize..20) {
        let mut buffer = text;
        Redactor::new(["x"]).text(&mut buffer, start);
    }
}

#[test]
fn the_work_is_linear() {
    // A quadratic rule would take minutes for these.
    for piece in [
        "://",
        "password",
        "token=",
        "?",
        "#a",
        "Bearer ",
        "@tcp(",
        "eyJ.",
        "token: [",
        "key=\"",
        ";pwd=a ",
        "authorization:",
        "-----BEGIN PRIVATE KEY",
        "a,",
        "?a=,",
        "token: 'a",
        "://a:b/",
    ] {
        let text = piece.repeat(20_000);
        let begin = std::time::Instant::now();
        redacted(&text);
        assert!(begin.elapsed() < std::time::Duration::from_secs(3), "{piece}");
    }
}
