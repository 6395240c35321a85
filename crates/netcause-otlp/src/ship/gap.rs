//! [`Gap`]: a record that says, where the others go, that some are missing.

use std::fmt::Write;
use std::time::SystemTime;

use netcause_record::{Losses, Origin, Record, Resource, Severity};

use crate::encode::attributes::Scratch;
use crate::encode::attributes::{AttributeLimits, Attributes};
use crate::encode::log_record::push_log;
use crate::encode::proto::ProtoAttributes;
use crate::encode::request::push_item;
use crate::encode::wire::bytes_tag;

/// The scope of such a record.
pub(super) const SCOPE: &str = "netcause";

/// What was lost, as far as the receiver knows.
#[derive(Debug, Default)]
pub(super) struct Gap {
    told: Losses,
    /// What the record on its way tells.
    telling: Losses,
}

impl Gap {
    /// A record of what was lost and is not told yet, as an item of its scope, if anything was.
    pub(super) fn record(&mut self, losses: &Losses) -> Option<Vec<u8>> {
        self.telling = *losses;
        let lost = losses.total() - self.told.total();
        if lost == 0 {
            return None;
        }
        let before = self.told.by_reason();
        let new: Vec<_> = losses
            .by_reason()
            .iter()
            .zip(before)
            .map(|((reason, now), (_, before))| (*reason, now - before))
            .filter(|(_, count)| *count > 0)
            .collect();
        let mut message = format!("{lost} log records were lost on their way here:");
        for (index, (reason, count)) in new.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            // A text cannot fail.
            let _ = write!(message, "{comma} {count} {reason}");
        }
        Some(encoded(&message, &new))
    }

    /// Notes that the record has arrived.
    pub(super) fn told(&mut self) {
        self.told = self.telling;
    }
}

fn encoded(message: &str, reasons: &[(&str, u64)]) -> Vec<u8> {
    let resource = Resource::default();
    let record = Record {
        timestamp: Some(SystemTime::now()),
        severity: Some(Severity::Warn),
        message: Some(message),
        target: SCOPE,
        trace: None,
        resource: &resource,
        fields: &[],
        scope: None,
        error: None,
        fault: None,
        rendered: None,
        origin: Origin { event: Some("netcause.lost"), ..Origin::default() },
        dropped_fields: 0,
    };
    let mut out = Vec::new();
    push_log(&record, None, &AttributeLimits::default(), &mut Scratch::default(), &mut out);
    let mut attributes = ProtoAttributes { out: &mut out, tag: bytes_tag(6) };
    for (reason, count) in reasons {
        let count = i64::try_from(*count).unwrap_or(i64::MAX);
        attributes.integer(&format!("netcause.lost.{reason}"), count);
    }
    let mut item = Vec::new();
    push_item(&out, &mut item);
    item
}
