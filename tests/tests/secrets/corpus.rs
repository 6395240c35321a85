//! Secrets as they stand in logs. Each text names `api.example:8443`, which must stay.
//!
//! All are made up; where an issuer publishes an example, it is that one.

/// What stays.
pub(crate) const SURVIVES: &str = "api.example:8443";

/// A kind, and three texts, each with the part that must not be seen.
pub(crate) const CORPUS: &[(&str, [(&str, &str); 3])] = &[
    (
        "user information of a URL",
        [
            ("GET https://alice:Tr0ub4dor3@api.example:8443/v1", "Tr0ub4dor3"),
            ("mirror ftp://deploy:h4rd%21guess@api.example:8443 is gone", "h4rd%21guess"),
            ("proxy http://svc:p%40ss-w0rd-1@api.example:8443 refused", "p%40ss-w0rd-1"),
        ],
    ),
    (
        "query of a URL",
        [
            ("GET https://api.example:8443/v1?api_key=q8Zr2LmN5x", "q8Zr2LmN5x"),
            ("GET https://api.example:8443/cb?code=authc0de91x&state=ok", "authc0de91x"),
            (
                "error sending request for url (https://api.example:8443/a?sv=1&sig=Zm9vYmFyMTIz%3D)",
                "Zm9vYmFyMTIz",
            ),
        ],
    ),
    (
        "bearer",
        [
            ("api.example:8443 did not take Bearer mF_9.B5f-4.1JqM", "mF_9.B5f-4.1JqM"),
            (
                "api.example:8443: header authorization: bearer 7Fjfp0ZBr1KtDRbnfVdmIw",
                "7Fjfp0ZBr1KtDRbnfVdmIw",
            ),
            ("api.example:8443 {\"Authorization\": \"Bearer AbCdEf123456\"}", "AbCdEf123456"),
        ],
    ),
    (
        "basic",
        [
            (
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ== sent to api.example:8443",
                "QWxhZGRpbjpvcGVuIHNlc2FtZQ",
            ),
            ("api.example:8443 authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
            (
                "api.example:8443 Proxy-Authorization: Basic cHJveHk6c2VjcmV0MQ==",
                "cHJveHk6c2VjcmV0MQ",
            ),
        ],
    ),
    (
        "password",
        [
            ("login at api.example:8443 failed: password=hunter2horse", "hunter2horse"),
            ("api.example:8443 password: \"correct-horse-7\"", "correct-horse-7"),
            ("api.example:8443 {\"user\":\"bob\",\"password\":\"s3same-0pen\"}", "s3same-0pen"),
        ],
    ),
    (
        "token",
        [
            ("api.example:8443 access_token=zZ9k3-token-A1", "zZ9k3-token-A1"),
            ("api.example:8443 {\"refresh_token\": \"1//0gRefreshMe77\"}", "1//0gRefreshMe77"),
            ("api.example:8443 X-Auth-Token: 8f1e2d3c4b5a6978", "8f1e2d3c4b5a6978"),
        ],
    ),
    (
        "secret",
        [
            ("api.example:8443 client_secret=aBc9-dEf8-gHi7", "aBc9-dEf8-gHi7"),
            ("api.example:8443 app-secret: 5up3r5ecret5", "5up3r5ecret5"),
            ("Config { host: \"api.example:8443\", secret: \"dbg-s3cr3t-1\" }", "dbg-s3cr3t-1"),
        ],
    ),
    (
        "API key",
        [
            ("api.example:8443 X-Api-Key: 9d8c7b6a5f4e", "9d8c7b6a5f4e"),
            ("api.example:8443 apikey=K3yK3yK3y99", "K3yK3yK3y99"),
            ("api.example:8443 api_key: 'sKq-112233-aa'", "sKq-112233-aa"),
        ],
    ),
    (
        "cookie",
        [
            ("api.example:8443 Cookie: sid=abc123def456; theme=dark", "abc123def456"),
            ("api.example:8443 set-cookie: session=0f9e8d7c6b; Path=/", "0f9e8d7c6b"),
            ("api.example:8443 cookie=JSESSIONID=AA11BB22CC33DD44", "AA11BB22CC33DD44"),
        ],
    ),
    (
        "JSON Web Token",
        [
            (
                "api.example:8443 eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
                "eyJzdWIiOiIxMjM0NTY3ODkwIn0",
            ),
            (
                "api.example:8443 sent eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UifQ.QLn7eSrbYtNJw1nQ",
                "eyJpc3MiOiJqb2UifQ",
            ),
            (
                "api.example:8443 id=(eyJhbGciOiJub25lIn0.eyJqdGkiOiI4MTIzNCJ9.c2lnbmF0dXJlMTIz)",
                "eyJqdGkiOiI4MTIzNCJ9",
            ),
        ],
    ),
    (
        "AWS",
        [
            ("api.example:8443 signed by AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
            (
                "api.example:8443 aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                "K7MDENG/bPxRfiCYEXAMPLEKEY",
            ),
            ("api.example:8443 for ASIAQWERTYUIOPASDFGH, expired", "ASIAQWERTYUIOPASDFGH"),
        ],
    ),
    (
        "GitHub",
        [
            (
                "api.example:8443 ghp_16C7e42F292c6912E7710c838347Ae178B4a",
                "16C7e42F292c6912E7710c838347Ae178B4a",
            ),
            (
                "api.example:8443 github_pat_11AAAAAAA0aaaaaaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbb",
                "11AAAAAAA0aaaaaaaaaaaa",
            ),
            (
                "api.example:8443 uses ghs_9aB8cD7eF6gH5iJ4kL3mN2oP1qR0sT",
                "9aB8cD7eF6gH5iJ4kL3mN2oP1qR0sT",
            ),
        ],
    ),
    (
        "other forges and registries",
        [
            ("api.example:8443 glpat-1a2b3c4d5e6f7g8h9i0j", "1a2b3c4d5e6f7g8h9i0j"),
            ("api.example:8443 npm_1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P7q8R", "1a2B3c4D5e6F7g8H9i0J"),
            ("api.example:8443 hf_AbCdEf0123456789AbCdEf0123456789Ab", "AbCdEf0123456789AbCdEf"),
        ],
    ),
    (
        "Slack",
        [
            (
                "api.example:8443 xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOHcbrzqqy",
                "pdFZKVeTuE8sk7oOHcbrzqqy",
            ),
            (
                "api.example:8443 https://hooks.slack.com/services/T00000000/B00000000/QWERTYUIOPQWERTYUIOP1234",
                "QWERTYUIOPQWERTYUIOP1234",
            ),
            (
                "api.example:8443 xapp-1-A0123456789-1234567890123-abcdef0123456789",
                "abcdef0123456789",
            ),
        ],
    ),
    (
        "Stripe",
        [
            ("api.example:8443 sk_live_4eC39HqLyjWDarjtT1zdp7dc", "4eC39HqLyjWDarjtT1zdp7dc"),
            ("api.example:8443 rk_live_51H8xqz2eZvKYlo2C9aB7", "51H8xqz2eZvKYlo2C9aB7"),
            ("api.example:8443 whsec_abcdef0123456789abcdef01", "abcdef0123456789abcdef01"),
        ],
    ),
    (
        "Google",
        [
            (
                "api.example:8443 AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",
                "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",
            ),
            ("api.example:8443 ya29.a0AfH6SMBx7Example0Token", "a0AfH6SMBx7Example0Token"),
            (
                "api.example:8443 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",
                "1mVwFTjGIXgs2BC2uHzksQi0HAK1",
            ),
        ],
    ),
    (
        "private key",
        [
            (
                "api.example:8443\n-----BEGIN PRIVATE KEY-----\nMIIEvgIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----\n",
                "MIIEvgIBADANBgkqhkiG9w0",
            ),
            (
                "api.example:8443 -----BEGIN RSA PRIVATE KEY-----\\nMIICXAIBAAKBgQCqGKuk\\n-----END RSA PRIVATE KEY-----",
                "MIICXAIBAAKBgQCqGKuk",
            ),
            (
                "api.example:8443: -----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA",
                "b3BlbnNzaC1rZXktdjEA",
            ),
        ],
    ),
    (
        "database",
        [
            ("postgres://app:pgp4ss99@api.example:8443/shop", "pgp4ss99"),
            (
                "connect to 'host=api.example:8443 user=app password=libpqP4ss dbname=shop'",
                "libpqP4ss",
            ),
            ("app:mysqlP4ss1@tcp(api.example:8443)/shop", "mysqlP4ss1"),
        ],
    ),
    (
        "Azure",
        [
            (
                "BlobEndpoint=api.example:8443;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq==",
                "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",
            ),
            (
                "Endpoint=sb://api.example:8443/;SharedAccessKeyName=Root;SharedAccessKey=abc123XYZ789kluges=",
                "abc123XYZ789kluges",
            ),
            (
                "https://api.example:8443/c/b?sp=r&sig=R7qX9vB2nM4kL6jH8gF0%2B",
                "R7qX9vB2nM4kL6jH8gF0",
            ),
        ],
    ),
    (
        "brokers",
        [
            ("redis://:r3disP4ss@api.example:8443/0", "r3disP4ss"),
            ("amqp://guest:r4bbitP4ss@api.example:8443/%2f", "r4bbitP4ss"),
            ("mongodb://root:m0ng0P4ss@api.example:8443/admin", "m0ng0P4ss"),
        ],
    ),
    (
        "session",
        [
            ("api.example:8443 session_id=9f8e7d6c5b4a3f2e", "9f8e7d6c5b4a3f2e"),
            ("api.example:8443 PHPSESSID=el4ukv0kqbvoirg7nkp4dncpk3", "el4ukv0kqbvoirg7nkp4dncpk3"),
            (
                "api.example:8443 Digest username=\"bob\", nonce=\"n0nc3\", response=\"6629fae49393a05397450978507c4ef1\"",
                "6629fae49393a05397450978507c4ef1",
            ),
        ],
    ),
];

/// Every text with its kind and its secret.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    CORPUS
        .iter()
        .flat_map(|(kind, texts)| texts.iter().map(|(text, secret)| (*kind, *text, *secret)))
}

#[test]
fn the_corpus_is_what_it_says() {
    assert!(CORPUS.len() >= 20);
    assert!(all().count() >= 60);
    for (kind, text, secret) in all() {
        assert!(text.contains(secret) && text.contains(SURVIVES), "{kind}: {text}");
        assert!(secret.len() >= 8 && !SURVIVES.contains(secret), "{kind}: {secret}");
    }
}
