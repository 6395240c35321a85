//! Values of variables.

use netcause_layer::OriginFields;
use netcause_record::OnFull;
use percent_encoding::percent_decode_str;
use tracing_core::Level;
use tracing_subscriber::EnvFilter;

use super::{EvidenceMode, Format, Output, Spans};
use crate::{Error, ErrorKind};

pub(super) fn directives(name: &str, value: &str) -> Result<String, Error> {
    match EnvFilter::builder().parse(value) {
        Ok(_) => Ok(value.to_owned()),
        Err(error) => Err(Error::value(
            name,
            value,
            &format!("{error}; allowed are directives such as info or warn,my_crate=debug"),
        )),
    }
}

pub(super) fn spans(name: &str, value: &str) -> Result<Spans, Error> {
    match value {
        "kept" => Ok(Spans::Kept),
        "filtered" => Ok(Spans::Filtered),
        _ => Err(Error::value(name, value, "allowed are kept, filtered")),
    }
}

pub(super) fn format(name: &str, value: &str) -> Result<Format, Error> {
    match value {
        "auto" => Ok(Format::Auto),
        "json" => Ok(Format::Json),
        "pretty" => Ok(Format::Pretty),
        "otlp-json" => Ok(Format::OtlpJson),
        "off" => Ok(Format::Off),
        _ => Err(Error::value(name, value, "allowed are auto, json, pretty, otlp-json, off")),
    }
}

pub(super) fn on_full(name: &str, value: &str) -> Result<OnFull, Error> {
    match value {
        "drop_newest" => Ok(OnFull::DropNewest),
        "drop_oldest" => Ok(OnFull::DropOldest),
        "block" => Ok(OnFull::Block),
        _ => Err(Error::value(name, value, "allowed are drop_newest, drop_oldest, block")),
    }
}

pub(super) fn schema(name: &str, value: &str) -> Result<(), Error> {
    match value {
        "otel" => Ok(()),
        "ecs" | "gcp" => {
            let text =
                format!("{name}={value}: this version does not have that schema yet; use otel");
            Err(Error::new(ErrorKind::NotBuilt, text))
        }
        _ => Err(Error::value(name, value, "allowed is otel")),
    }
}

pub(super) fn output(value: &str) -> Output {
    match value {
        "stdout" => Output::Stdout,
        "stderr" => Output::Stderr,
        path => Output::File(path.into()),
    }
}

pub(super) fn origin(name: &str, value: &str) -> Result<OriginFields, Error> {
    let mut origin = OriginFields::default();
    for field in list(value) {
        match field {
            "code.file.path" => origin.file = true,
            "code.line.number" => origin.line = true,
            "thread.name" => origin.thread = true,
            "span.name" => origin.span = true,
            _ => {
                let allowed =
                    "allowed are code.file.path, code.line.number, thread.name, span.name";
                return Err(Error::value(name, field, allowed));
            }
        }
    }
    Ok(origin)
}

pub(super) fn bytes(name: &str, value: &str, least: usize) -> Result<usize, Error> {
    match value.parse() {
        Ok(bytes) if bytes >= least => Ok(bytes),
        _ => {
            let allowed = format!("allowed is a whole number of bytes, {least} or more");
            Err(Error::value(name, value, &allowed))
        }
    }
}

pub(super) fn evidence(name: &str, value: &str) -> Result<EvidenceMode, Error> {
    match value {
        "passive" => Ok(EvidenceMode::Passive),
        "off" => Ok(EvidenceMode::Off),
        _ => Err(Error::value(name, value, "allowed are passive, off")),
    }
}

pub(super) fn days(name: &str, value: &str) -> Result<u32, Error> {
    let allowed = "allowed is a whole number of days, 0 for never";
    value.parse().map_err(|_| Error::value(name, value, allowed))
}

pub(super) fn level(name: &str, value: &str) -> Result<Level, Error> {
    const LEVELS: [Level; 5] = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE];
    let level = LEVELS.into_iter().find(|it| it.as_str().eq_ignore_ascii_case(value));
    level.ok_or_else(|| Error::value(name, value, "allowed are ERROR, WARN, INFO, DEBUG, TRACE"))
}

pub(super) fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// `key=value,key=value`, percent-encoded; the number of the first part that is none, else.
pub(super) fn resource_attributes(value: &str) -> Result<Vec<(String, String)>, usize> {
    let decode = |text: &str| percent_decode_str(text.trim()).decode_utf8_lossy().into_owned();
    list(value)
        .zip(1..)
        .map(|(part, place)| match part.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => Ok((decode(key), decode(value))),
            _ => Err(place),
        })
        .collect()
}
