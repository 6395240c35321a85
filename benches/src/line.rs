//! [`FailingLine`]: the line of the failing event as a struct, for serde.

use std::error::Error;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Our line of the failing event, field by field, everything in it known beforehand.
///
/// What serde has not to do here: read a clock, format time and ids, walk an error chain,
/// look through spans, decide which of two equal keys stands.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailingLine {
    timestamp: String,
    severity: String,
    message: String,
    target: String,
    #[serde(rename = "service.name")]
    service_name: String,
    trace_id: String,
    span_id: String,
    #[serde(rename = "cart.id")]
    cart_id: String,
    #[serde(rename = "user.id")]
    user_id: u64,
    currency: String,
    #[serde(rename = "http.route")]
    http_route: String,
    #[serde(rename = "client.address")]
    client_address: String,
    #[serde(rename = "request.id")]
    request_id: String,
    #[serde(rename = "server.address")]
    server_address: String,
    #[serde(rename = "server.port")]
    server_port: u64,
    #[serde(rename = "network.peer.address")]
    network_peer_address: String,
    #[serde(rename = "network.peer.port")]
    network_peer_port: u64,
    #[serde(rename = "network.local.address")]
    network_local_address: String,
    #[serde(rename = "error.type")]
    error_type: String,
    #[serde(rename = "error.message")]
    error_message: String,
    #[serde(rename = "fault.chain")]
    fault_chain: Vec<String>,
    #[serde(rename = "fault.category")]
    fault_category: String,
    #[serde(rename = "fault.reason")]
    fault_reason: String,
    #[serde(rename = "fault.phase")]
    fault_phase: String,
    #[serde(rename = "fault.elapsed_ms")]
    fault_elapsed_ms: u64,
    #[serde(rename = "fault.timeout_ms")]
    fault_timeout_ms: u64,
    #[serde(rename = "fault.limit")]
    fault_limit: String,
    #[serde(rename = "fault.cause")]
    fault_cause: String,
    #[serde(rename = "fault.confidence")]
    fault_confidence: String,
    #[serde(rename = "fault.evidence")]
    fault_evidence: Vec<String>,
    #[serde(rename = "fault.retry")]
    fault_retry: String,
    #[serde(rename = "retry.attempt")]
    retry_attempt: u64,
    #[serde(rename = "retry.max_attempts")]
    retry_max_attempts: u64,
    #[serde(rename = "fault.summary")]
    fault_summary: String,
    #[serde(rename = "fault.hint")]
    fault_hint: String,
}

impl FailingLine {
    /// The struct whose output is `line`.
    ///
    /// # Errors
    ///
    /// Where the line has another field, lacks one, or serde writes it otherwise.
    pub fn parse(line: &str) -> Result<Self, Box<dyn Error>> {
        let parsed: FailingLine = serde_json::from_str(line)?;
        let written = serde_json::to_string(&parsed)?;
        let ours: Map<String, Value> = serde_json::from_str(line)?;
        let theirs: Map<String, Value> = serde_json::from_str(&written)?;
        if ours != theirs || written != line.trim_end() {
            return Err(format!("serde writes another line:\n{line}\n{written}").into());
        }
        Ok(parsed)
    }
}
