use super::*;

fn error(name: &str, value: &str) -> String {
    Config::from_variables([(name, value)]).unwrap_err().to_string()
}

fn config(name: &str, value: &str) -> Config {
    Config::from_variables([(name, value)]).unwrap()
}

#[test]
fn a_bad_value_is_named_with_its_variable_and_what_is_allowed() {
    assert_eq!(
        error("NETCAUSE_FORMAT", "xml"),
        "NETCAUSE_FORMAT=xml: allowed are auto, json, pretty, otlp-json, off"
    );
    assert!(error("NETCAUSE_LIMIT_RECORD", "12").contains("4096 or more"));
    assert!(
        error("NETCAUSE_FIELDS", "thread.name,pid").starts_with("NETCAUSE_FIELDS=pid: allowed")
    );
    assert!(error("RUST_LOG", "a=b=c").starts_with("RUST_LOG=a=b=c: "));
}

#[test]
fn what_the_network_goes_by_is_read() {
    assert_eq!(config("NETCAUSE_EVIDENCE", "off").evidence, EvidenceMode::Off);
    assert_eq!(config("NETCAUSE_CERT_WARN_DAYS", "30").certificate_warn_days, 30);
    assert_eq!(config("NETCAUSE_RETRY_LEVEL", "info").retry_level, Level::INFO);
    assert_eq!(
        error("NETCAUSE_EVIDENCE", "active"),
        "NETCAUSE_EVIDENCE=active: allowed are passive, off"
    );
    assert!(error("NETCAUSE_CERT_WARN_DAYS", "-1").contains("0 for never"));
    assert!(error("NETCAUSE_RETRY_LEVEL", "off").contains("ERROR, WARN"));
}

#[cfg(feature = "net")]
#[test]
fn the_crates_of_the_network_get_what_was_read() {
    let set = [
        ("NETCAUSE_EVIDENCE", "off"),
        ("NETCAUSE_CERT_WARN_DAYS", "30"),
        ("NETCAUSE_RETRY_LEVEL", "DEBUG"),
    ];
    let settings = Config::from_variables(set).unwrap().net_settings();
    assert_eq!(settings.evidence, netcause_net::EvidenceMode::Off);
    assert_eq!((settings.certificate_warn_days, settings.retry_level), (30, Level::DEBUG));
    let default = Config::default().net_settings();
    assert_eq!(default, netcause_net::Settings::default());
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    for name in ["NETCAUSE_SPOOL_DIR", "NETCAUSE_REPEAT"] {
        let error = Config::from_variables([(name, "5")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotBuilt, "{name}");
        assert!(error.to_string().starts_with(name), "{error}");
    }
    assert_eq!(
        Config::from_variables([("NETCAUSE_SCHEMA", "ecs")]).unwrap_err().kind(),
        ErrorKind::NotBuilt
    );
}

#[test]
fn a_name_that_does_not_exist_is_refused_with_those_that_do() {
    let error = error("NETCAUSE_FORMATS", "json");
    assert!(
        error.starts_with("NETCAUSE_FORMATS: no such variable")
            && error.contains("NETCAUSE_FORMAT,"),
        "{error}"
    );
}

#[test]
fn an_empty_value_means_unset() {
    assert_eq!(config("NETCAUSE_FORMAT", " ").format, Format::Auto);
    assert_eq!(config("NETCAUSE_SPOOL_DIR", "").directives, "info");
}

#[test]
fn resource_attributes_are_percent_decoded_and_name_the_service() {
    let config = config("OTEL_RESOURCE_ATTRIBUTES", "service.name=check%2Cout, host.name=a%20b");
    assert_eq!(config.service_name.as_deref(), Some("check,out"));
    assert_eq!(config.resource, [("host.name".to_owned(), "a b".to_owned())]);
}

#[test]
fn the_service_name_of_its_own_variable_stands_whatever_the_order() {
    let name = ("OTEL_SERVICE_NAME", "checkout");
    let attributes = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other");
    for set in [[name, attributes], [attributes, name]] {
        assert_eq!(Config::from_variables(set).unwrap().service_name.as_deref(), Some("checkout"));
    }
}

#[test]
fn a_bad_resource_attribute_is_one_warning() {
    let config = config("OTEL_RESOURCE_ATTRIBUTES", "a=1,b");
    assert_eq!(config.warnings.len(), 1);
    assert!(config.warnings[0].contains("part 2"), "{:?}", config.warnings);
    assert!(config.resource.is_empty());
}

#[test]
fn a_bad_boolean_is_one_warning_and_taken_as_false() {
    assert_eq!(config("OTEL_SDK_DISABLED", "yes").warnings.len(), 1);
    assert!(config("OTEL_SDK_DISABLED", "FALSE").warnings.is_empty());
}

mod otel;
