//! OpenTelemetry's variables.

use std::time::Duration;

use super::super::names::OTEL;
use super::super::otel::{Otel, Otlp, OtlpProtocol, Propagator, Sampler};
use crate::Config;

const EXPORTERS: [(&str, &str); 2] =
    [("OTEL_LOGS_EXPORTER", "otlp"), ("OTEL_TRACES_EXPORTER", "otlp")];

fn otel(set: &[(&str, &str)]) -> Otel {
    let config = Config::from_variables(set.iter().copied()).unwrap();
    assert_eq!(config.warnings, Vec::<String>::new());
    config.otel
}

#[cfg(feature = "otlp")]
#[test]
fn who_forwards_exports_logs_and_waits_unless_told_otherwise() {
    use netcause_record::OnFull;

    let forwarding = |set: &[(&str, &str)]| {
        let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::forwarding(&["NETCAUSE_REDACT"], set.collect::<Vec<_>>().into_iter())
    };
    let config = forwarding(&[]).unwrap();
    assert_eq!(config.otel.logs.unwrap().endpoint, "http://localhost:4318/v1/logs");
    assert_eq!(config.on_full, OnFull::Block);
    // Of others, and whether a program exports is not asked.
    let others = [
        ("RUST_LOG", "=x="),
        ("OTEL_LOGS_EXPORTER", "none"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "smoke"),
        ("NETCAUSE_FORMAT", "smoke"),
        ("NETCAUSE_REDACT", "pin"),
        ("NETCAUSE_ON_FULL", "drop_oldest"),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://c:4318/x"),
    ];
    let config = forwarding(&others).unwrap();
    assert_eq!((config.warnings, config.redact), (Vec::new(), vec!["pin".to_owned()]));
    assert_eq!(config.on_full, OnFull::DropOldest);
    assert_eq!(config.otel.logs.unwrap().endpoint, "http://c:4318/x");
    assert!(forwarding(&[("OTEL_SDK_DISABLED", "true")]).unwrap().forward_logs().is_err());
}

fn logs(set: &[(&str, &str)]) -> Otlp {
    otel(&[&EXPORTERS, set].concat()).logs.unwrap()
}

/// The names without brackets.
fn names() -> Vec<String> {
    let expand = |name: &&str| match name.split_once("[LOGS_|TRACES_]") {
        None => vec![(*name).to_owned()],
        Some((start, end)) => {
            ["", "LOGS_", "TRACES_"].map(|signal| format!("{start}{signal}{end}")).to_vec()
        }
    };
    OTEL.iter().flat_map(expand).collect()
}

/// A value that is allowed and no default.
fn value(name: &str) -> &'static str {
    match name {
        "OTEL_SDK_DISABLED" => "true",
        "OTEL_LOGS_EXPORTER" | "OTEL_TRACES_EXPORTER" => "none",
        "OTEL_TRACES_SAMPLER" => "traceidratio",
        "OTEL_TRACES_SAMPLER_ARG" => "0.5",
        "OTEL_PROPAGATORS" => "none",
        _ if name.ends_with("ENDPOINT") => "https://collector:1234",
        _ if name.ends_with("PROTOCOL") => "grpc",
        _ if name.ends_with("HEADERS") => "key=secret",
        _ if name.ends_with("COMPRESSION") => "gzip",
        _ if name.ends_with("INSECURE") => "true",
        _ if name.ends_with("CERTIFICATE") || name.ends_with("KEY") => "a.pem",
        _ => "77",
    }
}

#[test]
fn every_variable_changes_something() {
    for name in names() {
        let mut set = EXPORTERS.to_vec();
        if name.ends_with("SAMPLER_ARG") {
            set.push(("OTEL_TRACES_SAMPLER", "traceidratio"));
        }
        if name.ends_with("INSECURE") {
            set.extend([
                ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", "c"),
            ]);
        }
        let before = otel(&set);
        set.push((&name, value(&name)));
        assert_ne!(otel(&set), before, "{name}");
    }
}

#[test]
fn a_value_that_cannot_be_used_is_one_warning_and_the_default_stands() {
    for name in names() {
        if name.ends_with("CERTIFICATE") || name.ends_with("KEY") {
            continue;
        }
        let mut set = EXPORTERS.to_vec();
        if name.ends_with("SAMPLER_ARG") {
            set.push(("OTEL_TRACES_SAMPLER", "traceidratio"));
        }
        if name.ends_with("EXPORTER") {
            set.push(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:1"));
        }
        let usual = otel(&set);
        set.push((&name, "s p\u{1}a=m"));
        let config = Config::from_variables(set.iter().copied()).unwrap();
        assert_eq!(config.warnings.len(), 1, "{name}: {:?}", config.warnings);
        assert!(config.warnings[0].starts_with(&name), "{:?}", config.warnings);
        if !name.ends_with("EXPORTER") && name != "OTEL_PROPAGATORS" {
            assert_eq!(config.otel, usual, "{name}");
        }
    }
}

#[test]
fn an_empty_value_is_none() {
    for name in names() {
        let set = [&EXPORTERS[..], &[(name.as_str(), " ")]].concat();
        if !name.ends_with("EXPORTER") {
            assert_eq!(otel(&set), otel(&EXPORTERS), "{name}");
        }
    }
}

#[test]
fn an_endpoint_or_an_exporter_turns_a_signal_on() {
    assert_eq!((otel(&[]).logs, otel(&[]).traces), (None, None));
    let all = otel(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/")]);
    assert_eq!(all.logs.unwrap().endpoint, "http://collector:4318/v1/logs");
    assert_eq!(all.traces.unwrap().endpoint, "http://collector:4318/v1/traces");
    let own = otel(&[("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://collector/ours")]);
    assert_eq!(own.logs.unwrap().endpoint, "https://collector/ours");
    assert_eq!(own.traces, None);
    let usual = otel(&[("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://localhost:4318")]);
    assert_eq!(usual.logs.unwrap().endpoint, "http://localhost:4318", "as it stands");
    assert_eq!(logs(&[]).endpoint, "http://localhost:4318/v1/logs");
    let none = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:1"), ("OTEL_LOGS_EXPORTER", "none")];
    assert_eq!(otel(&none).logs, None);
    let console = otel(&[("OTEL_LOGS_EXPORTER", "console")]);
    assert_eq!(console.logs, None);
}

#[test]
fn json_goes_where_protobuf_would() {
    let otlp = logs(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]);
    assert_eq!(otlp.protocol, OtlpProtocol::HttpJson);
    assert_eq!(otlp.endpoint, "http://localhost:4318/v1/logs");
}

#[test]
fn a_grpc_endpoint_needs_no_scheme() {
    const GRPC: (&str, &str) = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317");
    assert_eq!(logs(&[GRPC]).endpoint, "http://localhost:4317");
    assert_eq!(logs(&[GRPC, ENDPOINT]).endpoint, "https://collector:4317");
    let insecure = ("OTEL_EXPORTER_OTLP_INSECURE", "true");
    assert_eq!(logs(&[GRPC, ENDPOINT, insecure]).endpoint, "http://collector:4317");
    assert_eq!(logs(&[GRPC]).protocol, OtlpProtocol::Grpc);
}

#[test]
fn the_variable_of_a_signal_stands_before_the_one_for_all() {
    let set = [
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"),
        ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "250"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=all"),
        ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "b=l%2Cogs, c = d"),
    ];
    let both = otel(&[&EXPORTERS[..], &set].concat());
    let (logs, traces) = (both.logs.unwrap(), both.traces.unwrap());
    assert_eq!(
        (logs.timeout, traces.timeout),
        (Duration::from_millis(250), Duration::from_secs(1))
    );
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(logs.headers, [pair("b", "l,ogs"), pair("c", "d")]);
    assert_eq!(traces.headers, [pair("a", "all")]);
}

#[test]
fn a_header_is_a_secret() {
    let set = [("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "a=swordfish, swordfish, b=\u{7}swordfish")];
    let set = [&EXPORTERS[..], &set].concat();
    let config = Config::from_variables(set).unwrap();
    assert_eq!(config.warnings.len(), 2, "{:?}", config.warnings);
    assert!(!format!("{config:?}").contains("swordfish"), "{config:?}");
    let endpoint = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:swordfish@collector:4318")];
    assert!(!format!("{:?}", otel(&endpoint)).contains("swordfish"));
}

#[test]
fn samplers_and_propagators_are_read() {
    let sampler = |kind, argument| {
        otel(&[("OTEL_TRACES_SAMPLER", kind), ("OTEL_TRACES_SAMPLER_ARG", argument)]).sampler
    };
    assert_eq!(otel(&[]).sampler, Sampler { parent_based: true, ratio: 1.0 });
    assert_eq!(sampler("always_off", ""), Sampler { parent_based: false, ratio: 0.0 });
    let quarter = Sampler { parent_based: true, ratio: 0.25 };
    assert_eq!(sampler("parentbased_traceidratio", "0.25"), quarter);
    let propagators = otel(&[("OTEL_PROPAGATORS", "baggage")]).propagators;
    assert_eq!(propagators, [Propagator::Baggage]);
}

#[test]
fn a_disabled_sdk_exports_nothing() {
    let set = [("OTEL_SDK_DISABLED", "TRUE"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")];
    assert_eq!(otel(&set), Otel::default());
}
