//! MongoDB with its own driver: no error has a source, everything is in one text.

use std::io::Write;
use std::sync::LazyLock;

use mongodb::bson::doc;
use netcause_client_tests::{Case, Expect, Failure, LIMIT, Outcome, fault, harmless, world};
use netcause_fault::Category;
use tempfile::NamedTempFile;

use crate::connecting::{
    CLOSED, Call, Client, Expected, Failing, OTHER_PROTOCOL, TIMEOUT, at_once, certificates, plain,
    tls_to_plain,
};
use crate::mongo_wire::{Says, error, server};

const MONGODB: Client = Client { name: "mongodb", fail: connect };

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = plain(
        MONGODB,
        Expected { dropped: TIMEOUT, silent: TIMEOUT, closed: CLOSED, http: OTHER_PROTOCOL },
    );
    cases.extend(certificates(MONGODB, at_once));
    cases.push(tls_to_plain(MONGODB));
    cases.extend(ERRORS.iter().map(|(name, category, code, number, message)| {
        let expect = fault(*category).code(code).display_tells();
        said(name, expect, || error(number.parse().unwrap(), name, message))
    }));
    cases
        .push(said("no primary", fault(Category::Unavailable).display_tells(), || Says::NoPrimary));
    cases.push(said("hangs up on a command", CLOSED, || Says::Close));
    cases
}

/// Error replies: name, category, `error.type`, code, message.
const ERRORS: &[(&str, Category, &str, &str, &str)] = &[
    ("Unauthorized", Category::Auth, "13", "13", "command find requires authentication"),
    ("NotWritablePrimary", Category::Unavailable, "10107", "10107", "not primary"),
    (
        "PrimarySteppedDown",
        Category::Unavailable,
        "189",
        "189",
        "Primary stepped down while waiting",
    ),
    (
        "ShutdownInProgress",
        Category::Unavailable,
        "91",
        "91",
        "The server is in quiesce mode and will shut down",
    ),
    ("InterruptedAtShutdown", Category::Unavailable, "11600", "11600", "interrupted at shutdown"),
    ("MaxTimeMSExpired", Category::ResponseTimeout, "50", "50", "operation exceeded time limit"),
    (
        "WriteConflict",
        Category::Unavailable,
        "112",
        "112",
        "WriteConflict error: this operation conflicted with another operation.",
    ),
];

pub(crate) fn no_faults() -> Vec<Case> {
    vec![
        said("CommandNotFound", harmless(), || {
            error(59, "CommandNotFound", "no such command: 'find'")
        }),
        said("BadValue", harmless(), || error(2, "BadValue", "unknown operator: $timeout")),
        Case::new("mongodb", "a document of another type", harmless(), || async {
            let text = mongodb::bson::Bson::String("many".to_owned());
            Failure::of(mongodb::bson::deserialize_from_bson::<u64>(text))
        }),
        Case::new("mongodb", "a URI that is none", harmless(), || async {
            Failure::of(mongodb::options::ClientOptions::parse("mongo://127.0.0.1").await)
        }),
    ]
}

fn said(name: &str, expect: Expect, says: impl Fn() -> Says + Send + 'static) -> Case {
    Case::new("mongodb", name, expect, move || async move {
        let server = server(says()).await?;
        let call = Call { host: "127.0.0.1".to_owned(), port: server.port(), tls: false };
        connect(call).await?.target(&["127.0.0.1"], server.port())
    })
}

/// The driver reads the authority from a file.
static AUTHORITY: LazyLock<NamedTempFile> = LazyLock::new(|| {
    let authority = pem::Pem::new("CERTIFICATE", world().certificates.authority().to_vec());
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(pem::encode(&authority).as_bytes()).unwrap();
    file
});

fn connect(call: Call) -> Failing {
    Box::pin(async move {
        let limit = LIMIT.as_millis();
        let mut uri = format!(
            "mongodb://{}:{}/?retryReads=false&connectTimeoutMS={limit}&serverSelectionTimeoutMS={}",
            call.host,
            call.port,
            2 * limit
        );
        if call.tls {
            uri.push_str(&format!("&tls=true&tlsCAFile={}", AUTHORITY.path().display()));
        }
        find(&uri).await
    })
}

async fn find(uri: &str) -> Outcome {
    let client = mongodb::Client::with_uri_str(uri).await?;
    let payments = client.database("appdb").collection::<mongodb::bson::Document>("payments");
    Failure::of(payments.find_one(doc! {}).await)
}
