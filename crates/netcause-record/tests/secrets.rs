//! A corpus of secrets in the surroundings where logs really show them: none survives, and
//! what is no secret does.

use netcause_record::Redactor;

fn redacted(text: &str) -> String {
    let mut buffer = text.to_owned();
    Redactor::default().text(&mut buffer, 0);
    buffer
}

const JWT: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
const PEM: &str =
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\nq0x+Zz9==\n-----END RSA PRIVATE KEY-----";

/// Kind, text, the secret in it, and what must stay.
const CORPUS: &[(&str, &str, &[&str], &[&str])] = &[
    (
        "url password",
        "connecting to postgres://app:s3cr3t@db.example:5432/orders failed",
        &["s3cr3t"],
        &["db.example:5432", "/orders"],
    ),
    (
        "url password",
        "redis://:hunter2@cache:6379/0: Connection refused (os error 111)",
        &["hunter2"],
        &["cache:6379", "os error 111"],
    ),
    (
        "url password",
        "amqp://guest:pa%40ss@mq.example:5671/%2f",
        &["pa%40ss"],
        &["mq.example:5671"],
    ),
    (
        "url password",
        "mongodb+srv://root:tiger!@m1.example,m2.example/app?retryWrites=true",
        &["tiger!"],
        &["m1.example,m2.example"],
    ),
    (
        "url password",
        "Url { scheme: \"http\", username: \"bob\", password: Some(\"tops3cret\"), host: Some(Domain(\"h.example\")), port: Some(81) }",
        &["tops3cret"],
        &["h.example", "81"],
    ),
    ("url password", "postgres://app:a/b@c@db:5432/x", &["a/b@c"], &["db:5432"]),
    (
        "url query",
        "error sending request for url (https://maps.example:8443/v1/geo?key=AbCdEf123&q=x): operation timed out",
        &["AbCdEf123"],
        &["maps.example:8443", "/v1/geo", "operation timed out"],
    ),
    (
        "url query",
        "GET /callback?code=4/0AX4XfWh&state=xyzzy HTTP/1.1 500",
        &["4/0AX4XfWh", "xyzzy"],
        &["HTTP/1.1 500"],
    ),
    (
        "url query",
        "https://bucket.s3.example/o?X-Amz-Credential=AKID%2F2026&X-Amz-Signature=deadbeef0123",
        &["deadbeef0123", "AKID%2F2026"],
        &["bucket.s3.example"],
    ),
    ("url query", "url=https://x.example/p?sig=a%2Bb%3D retry=2", &["a%2Bb%3D"], &["retry=2"]),
    (
        "url fragment",
        "redirected to https://app.example/#access_token=ya29xyz&expires_in=3600",
        &["ya29xyz"],
        &["app.example"],
    ),
    (
        "url fragment",
        "https://app.example/cb#9f86d081884c7d659a2feaa0",
        &["9f86d081884c7d659a2feaa0"],
        &["app.example/cb"],
    ),
    (
        "password",
        "password=hunter2 host=db.example port=5432",
        &["hunter2"],
        &["db.example", "5432"],
    ),
    (
        "password",
        "user: bob, password: correct-horse, host: db",
        &["correct-horse"],
        &["bob", "host: db"],
    ),
    (
        "password",
        "Config { user: \"bob\", password: \"xyzzy42\", port: 1 }",
        &["xyzzy42"],
        &["bob", "port: 1"],
    ),
    (
        "password",
        "{\"user\":\"bob\",\"passwd\":\"xyzzy42\",\"host\":\"db\"}",
        &["xyzzy42"],
        &["bob", "\"host\":\"db\""],
    ),
    (
        "password",
        "Server=db.example,1433;User Id=sa;Password=My Pass 1;Encrypt=true",
        &["My Pass", "Pass 1"],
        &["db.example,1433", "Encrypt=true"],
    ),
    (
        "password",
        "mysql --host db --password p4ss --port 3306",
        &["p4ss"],
        &["--host db", "--port 3306"],
    ),
    ("password", "DB_PASSWORD='a b c' DB_HOST=db", &["a b c"], &["DB_HOST=db"]),
    (
        "password",
        "body={\\\"password\\\":\\\"xyzzy42\\\",\\\"host\\\":\\\"db\\\"}",
        &["xyzzy42"],
        &["host"],
    ),
    ("passphrase", "key_passphrase: open sesame", &["open"], &[]),
    (
        "secret",
        "client_secret=8f3kd93k&grant_type=client_credentials",
        &["8f3kd93k"],
        &["client_credentials"],
    ),
    ("secret", "secret: [115, 51, 99], port: 9", &["115", "51"], &["port: 9"]),
    ("secret", "Secret { clientSecret: Some(\"zzz9\"), id: 5 }", &["zzz9"], &["id: 5"]),
    ("token", "token=abc123def host=api", &["abc123def"], &["host=api"]),
    ("token", "access_token: \"abc def\", expires: 5", &["abc def"], &["expires: 5"]),
    ("token", "x-auth-token: 5up3r", &["5up3r"], &[]),
    ("token", "{'refresh_token': 'r3fr3sh', 'a': 1}", &["r3fr3sh"], &["'a': 1"]),
    ("api key", "X-Api-Key: k-9-k-9", &["k-9-k-9"], &[]),
    ("api key", "apikey=qwertz123, host=h", &["qwertz123"], &["host=h"]),
    ("api key", "apiKey => 'qwertz123'", &["qwertz123"], &[]),
    (
        "bearer",
        "Authorization: Bearer mF_9.B5f-4.1JqM host=api.example",
        &["mF_9.B5f-4.1JqM"],
        &["api.example"],
    ),
    ("bearer", "got 401 for Bearer abcdefgh from api:443", &["abcdefgh"], &["api:443"]),
    ("bearer", "header 'bearer x1y2z3' rejected", &["x1y2z3"], &["rejected"]),
    (
        "bearer",
        "{\"authorization\": \"Bearer s3cr3t\", \"host\": \"api\"}",
        &["s3cr3t"],
        &["\"host\": \"api\""],
    ),
    ("bearer", "(\"authorization\", \"Bearer s3cr3t\")", &["s3cr3t"], &[]),
    ("basic", "Authorization: Basic dXNlcjpwYXNzd29yZA==", &["dXNlcjpwYXNz"], &[]),
    ("basic", "proxy-authorization: basic dTpw, host: p", &["dTpw"], &["host: p"]),
    ("basic", "sent Basic YWRtaW46YWRtaW4= to peer", &["YWRtaW46"], &["to peer"]),
    (
        "digest",
        "Authorization: Digest username=\"Mufasa\", realm=\"r\", response=\"6629fae4\"",
        &["Mufasa", "6629fae4"],
        &[],
    ),
    ("negotiate", "Negotiate YIIZawYGKwYBBQUCoIIZ1TCC to proxy", &["YIIZawYG"], &["to proxy"]),
    (
        "cookie",
        "Cookie: session=31d4d96e407aad42; theme=dark\nHost: api",
        &["31d4d96e", "dark"],
        &["Host: api"],
    ),
    ("cookie", "set-cookie: sid=deadbeef; Path=/; HttpOnly", &["deadbeef"], &[]),
    (
        "cookie",
        "{\"set-cookie\": \"sid=deadbeef; Secure\", \"x\": \"y\"}",
        &["deadbeef"],
        &["\"x\": \"y\""],
    ),
    ("session", "session_id=31d4d96e407aad42 user=5", &["31d4d96e"], &["user=5"]),
    ("session", "JSESSIONID=1A530637289A03B0; host=h", &["1A530637"], &["host=h"]),
    ("jwt", JWT, &["dozjgNry", "eyJzdWIi"], &[]),
    (
        "aws key",
        "InvalidAccessKeyId: AKIAIOSFODNN7EXAMPLE does not exist",
        &["AKIAIOSFODNN7EXAMPLE"],
        &["does not exist"],
    ),
    ("aws key", "creds(ASIAIOSFODNN7EXAMPLE)", &["ASIAIOSFODNN7EXAMPLE"], &[]),
    (
        "aws key",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        &["wJalrXUtnFEMI"],
        &[],
    ),
    (
        "github token",
        "remote: ghp_16C7e42F292c6912E7710c838347Ae178B4a invalid",
        &["ghp_16C7"],
        &["invalid"],
    ),
    ("github token", "github_pat_11ABCDEFG0123456789_abcdefghij", &["11ABCDEFG"], &[]),
    ("gitlab token", "glpat-ABCdef123456789012345", &["ABCdef1234"], &[]),
    ("slack token", "xoxb-123456789012-abcdefABCDEF sent", &["123456789012"], &["sent"]),
    (
        "slack token",
        "POST https://hooks.slack.com/services/T0001/B0002/QQQQYYYYZZZZ",
        &["QQQQYYYY"],
        &["hooks.slack.com"],
    ),
    ("stripe key", "No such key: sk_live_4eC39HqLyjWDarjtT1zdp7dc", &["4eC39Hq"], &[]),
    (
        "google key",
        "API key AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q not valid",
        &["SyA1b2C3"],
        &["not valid"],
    ),
    ("npm token", "npm_abcdefghijklmnopqrstuvwxyz0123456789", &["abcdefghij"], &[]),
    ("private key", PEM, &["MIIEow", "q0x"], &[]),
    ("private key", "key: -----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg", &["MIIEvQ"], &[]),
    (
        "data source",
        "dial app:s3cr3t@tcp(db.example:3306)/orders: i/o timeout",
        &["s3cr3t"],
        &["tcp(db.example:3306)/orders", "i/o timeout"],
    ),
    (
        "data source",
        "host=db user=app password=s3cr3t dbname=x sslmode=require",
        &["s3cr3t"],
        &["host=db", "sslmode=require"],
    ),
];

#[test]
fn no_secret_of_the_corpus_survives() {
    for (kind, text, secrets, rest) in CORPUS {
        let clean = redacted(text);
        for secret in *secrets {
            assert!(text.contains(secret), "{kind}: not in the text: {secret}");
            assert!(!clean.contains(secret), "{kind}: {clean}");
        }
        for kept in *rest {
            assert!(clean.contains(kept), "{kind}: lost {kept:?}: {clean}");
        }
        assert_eq!(redacted(&clean), clean, "{kind}");
    }
}

#[test]
fn the_corpus_survives_in_no_surroundings() {
    for (kind, text, secrets, _) in CORPUS {
        for (before, after) in [
            ("error: ", ""),
            ("could not call peer: ", ": connection refused"),
            ("[", "]"),
            ("(", ")"),
            ("größe 5 “", "” ende"),
            ("first line\n", "\nlast line"),
            ("attempt 2/5, ", ", giving up"),
        ] {
            let clean = redacted(&format!("{before}{text}{after}"));
            for secret in *secrets {
                assert!(!clean.contains(secret), "{kind}: {clean}");
            }
        }
    }
}

#[test]
fn the_corpus_is_as_large_as_it_says() {
    let mut kinds: Vec<&str> = CORPUS.iter().map(|(kind, ..)| *kind).collect();
    kinds.dedup();
    assert!(CORPUS.len() >= 60, "{}", CORPUS.len());
    assert!(kinds.len() >= 20, "{}", kinds.len());
}
