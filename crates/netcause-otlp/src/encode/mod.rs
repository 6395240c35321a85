//! Records in the forms of OpenTelemetry.

pub(crate) mod attributes;
pub(crate) mod json;
pub(crate) mod kept;
pub(crate) mod log_record;
pub(crate) mod proto;
pub(crate) mod request;
pub(crate) mod transcode;
pub(crate) mod wire;
