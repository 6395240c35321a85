//! Which variables exist, and which do not yet.

use crate::{Error, ErrorKind};

/// The variables with our prefix that this version reads.
pub(super) const OURS: &[&str] = &[
    "NETCAUSE_FIELDS",
    "NETCAUSE_FORMAT",
    "NETCAUSE_LIMIT_FIELD",
    "NETCAUSE_LIMIT_RECORD",
    "NETCAUSE_OUTPUT",
    "NETCAUSE_REDACT",
    "NETCAUSE_SCHEMA",
    "NETCAUSE_SPANS",
];

/// Variables of ours that this version does not have, with what they are for.
const NOT_BUILT: &[(&str, &str)] = &[
    ("NETCAUSE_BUFFER", "the size of the output buffer"),
    ("NETCAUSE_CERT_WARN_DAYS", "warnings about certificates that are about to expire"),
    ("NETCAUSE_EVIDENCE", "evidence from the kernel"),
    ("NETCAUSE_ON_FULL", "the policy of a full output buffer"),
    ("NETCAUSE_REPEAT", "the limit of repeats"),
    ("NETCAUSE_RETRY_LEVEL", "the level of failures that are retried"),
    ("NETCAUSE_SPOOL_DIR", "durable delivery"),
    ("NETCAUSE_SPOOL_MAX", "durable delivery"),
];

/// OpenTelemetry's variables of export, by name or by prefix.
const EXPORT: &[&str] = &[
    "OTEL_EXPORTER_OTLP_",
    "OTEL_TRACES_SAMPLER",
    "OTEL_PROPAGATORS",
    "OTEL_BLRP_",
    "OTEL_BSP_",
    "OTEL_ATTRIBUTE_",
    "OTEL_LOGRECORD_ATTRIBUTE_",
];

/// Refuses names that do not exist and names of what is not built.
pub(super) fn check(set: &[(String, String)]) -> Result<(), Error> {
    let disabled = set
        .iter()
        .any(|(name, value)| name == "OTEL_SDK_DISABLED" && value.eq_ignore_ascii_case("true"));
    for (name, value) in set {
        if name.starts_with("NETCAUSE_") {
            check_ours(name)?;
        } else if !disabled && exports(name, value) {
            let text = format!(
                "{name}: this version exports nothing over OTLP; unset it, or set OTEL_SDK_DISABLED=true"
            );
            return Err(Error::new(ErrorKind::NotBuilt, text));
        }
    }
    Ok(())
}

fn check_ours(name: &str) -> Result<(), Error> {
    if OURS.contains(&name) {
        return Ok(());
    }
    if let Some((_, purpose)) = NOT_BUILT.iter().find(|(known, _)| *known == name) {
        let text = format!("{name}: this version does not have {purpose} yet; unset it");
        return Err(Error::new(ErrorKind::NotBuilt, text));
    }
    Err(Error::new(
        ErrorKind::Name,
        format!("{name}: no such variable; there are {}", OURS.join(", ")),
    ))
}

fn exports(name: &str, value: &str) -> bool {
    let exporter = matches!(name, "OTEL_LOGS_EXPORTER" | "OTEL_TRACES_EXPORTER");
    let local = matches!(value, "none" | "console");
    (exporter && !local) || EXPORT.iter().any(|prefix| name.starts_with(prefix))
}
