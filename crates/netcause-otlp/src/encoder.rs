//! [`LogEncoder`]: records as requests of OTLP, for who ships them otherwise.

use netcause_record::Record;

use crate::encode::attributes::Scratch;
use crate::encode::log_record::push_log;
use crate::encode::request::{request, resource};
use crate::queue::{Bounds, Queue};
use crate::{AttributeLimits, ResourceValue};

/// Encodes records into requests of OTLP, for who brings them to a receiver by other means: a
/// message broker, an extension of a serverless platform, a file.
///
/// # Example
///
/// ```
/// use netcause_otlp::{AttributeLimits, LogEncoder};
/// use netcause_record::{Origin, Record, Resource};
///
/// let resource = Resource::default();
/// let record = Record {
///     timestamp: Some(std::time::SystemTime::now()),
///     severity: None,
///     message: Some("started"),
///     target: "checkout",
///     trace: None,
///     resource: &resource,
///     fields: &[],
///     scope: None,
///     error: None,
///     fault: None,
///     rendered: None,
///     origin: Origin::default(),
///     dropped_fields: 0,
/// };
/// let mut encoder = LogEncoder::new(&netcause_otlp::resource(&resource), AttributeLimits::default());
/// encoder.push(&record);
/// assert_eq!(encoder.len(), 1);
/// let request = encoder.take(); // the bytes of an `ExportLogsServiceRequest`
/// assert!(request.windows(7).any(|bytes| bytes == b"started"));
/// ```
///
/// # Performance
///
/// Encoding a record allocates nothing once the buffers have grown to their size.
#[derive(Debug)]
pub struct LogEncoder {
    queue: Queue,
    resource: Vec<u8>,
    limits: AttributeLimits,
    scratch: Scratch,
    message: Vec<u8>,
}

impl LogEncoder {
    /// An encoder of what a service logs.
    #[must_use]
    pub fn new(attributes: &[(String, ResourceValue)], limits: AttributeLimits) -> Self {
        let bounds = Bounds {
            bytes: usize::MAX,
            records: usize::MAX,
            batch_records: usize::MAX,
            batch_bytes: usize::MAX,
        };
        LogEncoder {
            queue: Queue::new(bounds),
            resource: resource(attributes),
            limits,
            scratch: Scratch::default(),
            message: Vec::new(),
        }
    }

    /// Adds a record.
    pub fn push(&mut self, record: &Record<'_>) {
        self.message.clear();
        push_log(record, None, &self.limits, &mut self.scratch, &mut self.message);
        self.queue.push(record.target, &self.message);
    }

    /// How many records were added and not taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.len() == 0
    }

    /// Takes them all as the bytes of one `ExportLogsServiceRequest`.
    pub fn take(&mut self) -> Vec<u8> {
        let batch = self.queue.take().unwrap_or_default();
        let request = request(&self.resource, batch.runs());
        self.queue.recycle(batch);
        request
    }
}
