//! Which variables exist, and which do not yet.

use crate::{Error, ErrorKind};

/// The variables with our prefix that this version reads.
pub(super) const OURS: &[&str] = &[
    "NETCAUSE_BUFFER",
    "NETCAUSE_CERT_WARN_DAYS",
    "NETCAUSE_EVIDENCE",
    "NETCAUSE_FIELDS",
    "NETCAUSE_FORMAT",
    "NETCAUSE_LIMIT_FIELD",
    "NETCAUSE_LIMIT_RECORD",
    "NETCAUSE_ON_FULL",
    "NETCAUSE_OUTPUT",
    "NETCAUSE_REDACT",
    "NETCAUSE_RETRY_LEVEL",
    "NETCAUSE_SCHEMA",
    "NETCAUSE_SPANS",
];

/// Variables of ours that this version does not have, with what they are for.
const NOT_BUILT: &[(&str, &str)] = &[
    ("NETCAUSE_REPEAT", "the limit of repeats"),
    ("NETCAUSE_SPOOL_DIR", "durable delivery"),
    ("NETCAUSE_SPOOL_MAX", "durable delivery"),
];

/// OpenTelemetry's variables that this version reads, besides those of the resource; a part
/// in brackets stands or is left out.
#[cfg(test)]
pub(super) const OTEL: &[&str] = &[
    "OTEL_SDK_DISABLED",
    "OTEL_LOGS_EXPORTER",
    "OTEL_TRACES_EXPORTER",
    "OTEL_EXPORTER_OTLP_[LOGS_|TRACES_]ENDPOINT",
    "OTEL_EXPORTER_OTLP_[LOGS_|TRACES_]PROTOCOL",
    "OTEL_EXPORTER_OTLP_[LOGS_|TRACES_]HEADERS",
    "OTEL_EXPORTER_OTLP_[LOGS_|TRACES_]TIMEOUT",
    "OTEL_EXPORTER_OTLP_[LOGS_|TRACES_]COMPRESSION",
    "OTEL_EXPORTER_OTLP_[LOGS_|TRACES_]CERTIFICATE",
    "OTEL_EXPORTER_OTLP_[LOGS_|TRACES_]CLIENT_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_[LOGS_|TRACES_]CLIENT_KEY",
    "OTEL_EXPORTER_OTLP_[LOGS_|TRACES_]INSECURE",
    "OTEL_BLRP_SCHEDULE_DELAY",
    "OTEL_BLRP_EXPORT_TIMEOUT",
    "OTEL_BLRP_MAX_QUEUE_SIZE",
    "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_BSP_EXPORT_TIMEOUT",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
    "OTEL_PROPAGATORS",
    "OTEL_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
];

/// Refuses names of ours that do not exist and names of what is not built.
pub(super) fn check(set: &[(String, String)]) -> Result<(), Error> {
    let ours = set.iter().map(|(name, _)| name.as_str()).filter(|it| it.starts_with("NETCAUSE_"));
    ours.into_iter().try_for_each(check_ours)
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
