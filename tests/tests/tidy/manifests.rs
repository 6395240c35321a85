//! Which crate may depend on which.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::source::{has_word, read, top};

/// The edges of `docs/architecture.md`: each crate, and those of ours that it may depend on.
const EDGES: &[(&str, &[&str])] = &[
    ("netcause-fault", &[]),
    ("netcause-record", &["netcause-fault"]),
    ("netcause-layer", &["netcause-fault", "netcause-record"]),
    ("netcause-net", &["netcause-fault"]),
    ("netcause-http", &["netcause-fault", "netcause-net", "netcause-record"]),
    ("netcause-otlp", &["netcause-fault", "netcause-record"]),
    (
        "netcause",
        &[
            "netcause-fault",
            "netcause-http",
            "netcause-layer",
            "netcause-net",
            "netcause-otlp",
            "netcause-record",
        ],
    ),
    ("netcause-cli", &["netcause", "netcause-fault", "netcause-net", "netcause-record"]),
];

/// What a crate must not depend on, not even through others: beginnings of names.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "netcause-fault",
        &["tracing", "tokio", "opentelemetry", "log", "mio", "socket2", "hyper", "reqwest"],
    ),
    (
        "netcause-record",
        &["tracing", "tokio", "opentelemetry", "log", "mio", "socket2", "hyper", "reqwest"],
    ),
    (
        "netcause-layer",
        &["tokio", "mio", "socket2", "hyper", "reqwest", "opentelemetry_sdk", "opentelemetry-otlp"],
    ),
];

/// Crates that may name `opentelemetry` in their manifest.
const OPENTELEMETRY: &[&str] = &["netcause-layer", "netcause-otlp"];

/// The published crates, each with the names of its dependencies, without those of tests.
fn crates() -> BTreeMap<String, Vec<String>> {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version=1"]))
            .expect("cargo prints JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let is_published = |package: &&Value| package["publish"] != Value::Array(Vec::new());
    packages
        .iter()
        .filter(is_published)
        .map(|package| (name(package), dependencies(package)))
        .collect()
}

fn name(value: &Value) -> String {
    value["name"].as_str().expect("it has a name").to_owned()
}

fn dependencies(package: &Value) -> Vec<String> {
    let all = package["dependencies"].as_array().expect("there is a list");
    all.iter().filter(|it| it["kind"] != "dev").map(name).collect()
}

/// Asks the cargo that runs this test; everything it needs is on this machine by now.
fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(top()).args(arguments).args(["--locked", "--offline"]);
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

#[test]
fn crates_depend_on_each_other_as_the_architecture_says() {
    let crates = crates();
    for (name, dependencies) in &crates {
        let edge = EDGES.iter().find(|(known, _)| known == name);
        let (_, allowed) = edge.unwrap_or_else(|| panic!("{name} is not in the table of edges"));
        let ours = dependencies.iter().filter(|it| it.starts_with("netcause"));
        for dependency in ours {
            assert!(allowed.contains(&dependency.as_str()), "{name} depends on {dependency}");
        }
    }
    let architecture = read("docs/architecture.md");
    for (name, _) in EDGES {
        assert!(crates.contains_key(*name), "{name} does not exist");
        assert!(
            architecture.contains(&format!("`{name}`")),
            "{name} is not in docs/architecture.md"
        );
    }
}

#[test]
fn what_a_crate_must_not_pull_in_it_does_not() {
    for (name, forbidden) in FORBIDDEN {
        // The features of the fault crate name the clients whose types they read.
        let features = match *name {
            "netcause-fault" => "--features=rustls",
            _ => "--all-features",
        };
        let arguments = [
            "tree",
            "--package",
            name,
            "--edges=normal",
            features,
            "--prefix=none",
            "--format={p}",
        ];
        let tree = cargo(&arguments);
        assert!(tree.starts_with(name), "cargo tree does not begin with {name}");
        for dependency in tree.lines().filter_map(|line| line.split(' ').next()) {
            let breach = forbidden.iter().any(|it| is_family(dependency, it));
            assert!(!breach, "{name} pulls in {dependency}");
        }
    }
}

/// `tokio` and `tokio-util` are of the family `tokio`, `logos` is not of `log`.
fn is_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

#[test]
fn opentelemetry_is_a_dependency_of_two_crates_only() {
    for (name, dependencies) in crates() {
        let names = |it: &String| it.contains("opentelemetry");
        let uses = dependencies.iter().any(names);
        assert!(!uses || OPENTELEMETRY.contains(&name.as_str()), "{name} depends on opentelemetry");
    }
}

#[test]
fn every_member_forbids_unsafe_code() {
    let workspace = read("Cargo.toml");
    assert!(has_word(&workspace, "unsafe_code = \"forbid\""));
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version=1"]))
            .expect("cargo prints JSON");
    for package in metadata["packages"].as_array().expect("there are packages") {
        let path = package["manifest_path"].as_str().expect("it has a path");
        let manifest = std::fs::read_to_string(path).expect("cargo read it");
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{}: lints are not the workspace's",
            name(package)
        );
    }
}
