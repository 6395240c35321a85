//! Whether the rules generalise: each runtime of the given corpus, read without the rules
//! that were written for it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;

#[path = "../../../examples/score/lines.rs"]
mod lines;

use self::lines::{HEADER, Score, read};

/// The sources of rules (`Rule::source`, by its start) that speak of one runtime only.
const SOURCES: &[(&str, &[&str])] = &[
    (
        "c",
        &[
            "OpenSSL",
            "GnuTLS",
            "curl",
            "libcurl",
            "wget",
            "mount",
            "strongSwan",
            "OpenVPN",
            "MongoDB",
        ],
    ),
    ("curl", &["curl", "libcurl", "git", "PHP"]),
    ("dotnet", &[".NET", "StackExchange.Redis", "SQL Server", "RabbitMQ"]),
    ("envoy", &["Envoy", "Linkerd"]),
    ("go", &["Go", "go-redis", "Docker", "Consul", "etcd", "Beats", "NATS", "Kubernetes"]),
    ("grpc", &["gRPC", "tonic"]),
    (
        "java",
        &[
            "Java",
            "OkHttp",
            "Apache HttpClient",
            "HikariCP",
            "Jedis",
            "DBCP",
            "Tomcat",
            "JBoss",
            "Netty",
            "Hadoop",
            "ZooKeeper",
            "Hazelcast",
            "Dubbo",
            "Android",
            "Resilience4j",
            "Jenkins",
            "Elasticsearch",
            "Cassandra",
        ],
    ),
    ("k8s", &["Kubernetes", "Docker"]),
    ("kafka", &["Kafka", "librdkafka"]),
    ("nginx", &["nginx"]),
    ("node", &["Node", "Knex", "ioredis", "npm", "yarn", "ws", "Prisma"]),
    ("other", &["apt", "telnet", "MySQL", "AWS", "Amazon S3", "MongoDB", "HAProxy"]),
    ("python", &["Python", "urllib3", "aiohttp", "psycopg", "asyncpg", "paramiko", "SQLAlchemy"]),
    ("ruby", &["Ruby", "Elasticsearch"]),
    (
        "rust",
        &[
            "std",
            "reqwest",
            "hyper",
            "hyper-util",
            "hyper-rustls",
            "rustls",
            "tokio",
            "tokio-rustls",
            "h2",
            "tonic",
            "ureq",
            "sqlx",
            "deadpool",
            "hickory",
            "url",
            "JSON",
        ],
    ),
];

/// The least share of right categories.
const LEAST: f64 = 0.85;

thread_local! {
    static EXCLUDED: Cell<&'static [&'static str]> = const { Cell::new(&[]) };
}

/// Whether the rules of a source are left out on this thread.
pub(in crate::classify) fn is_excluded(source: &str) -> bool {
    EXCLUDED.get().iter().any(|it| {
        source == *it || source.strip_prefix(it).is_some_and(|rest| rest.starts_with(' '))
    })
}

#[test]
fn a_runtime_is_read_without_the_rules_that_were_written_for_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/given/lines.jsonl");
    let text = std::fs::read_to_string(path).expect("the corpus is part of the checkout");
    let mut runtimes: BTreeMap<String, Vec<lines::Line>> = BTreeMap::new();
    for line in read("lines.jsonl", &text).expect("the corpus is well-formed") {
        runtimes.entry(line.runtime.clone()).or_default().push(line);
    }
    println!("{HEADER}");
    let mut worst = f64::INFINITY;
    for (runtime, lines) in runtimes.iter().filter(|(_, lines)| lines.len() >= 8) {
        let sources = SOURCES.iter().find(|(name, _)| name == runtime);
        EXCLUDED.set(sources.expect("every runtime has its sources").1);
        let mut score = Score::default();
        for line in lines {
            let wrong = score.add(line);
            if !wrong.is_empty() {
                println!("{runtime}: {}\n    {}", wrong.join("; "), line.text);
            }
        }
        EXCLUDED.set(&[]);
        println!("{}", score.row(runtime));
        worst = worst.min(score.category()).min(score.faults.recall());
    }
    assert!(worst >= LEAST, "the worst runtime has {worst:.3}");
}
