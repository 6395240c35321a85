//! [`capture`]: assertions on one's own failure lines.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use netcause_layer::NetcauseLayer;
use netcause_record::{JsonExporter, Limits, Sink};
use serde_json::{Map, Value};
use tracing_core::Dispatch;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

/// One captured record.
#[derive(Debug, Clone, PartialEq)]
pub struct Captured {
    line: String,
    fields: Map<String, Value>,
}

impl Captured {
    /// The JSON line, without its line feed.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The value under a key, such as `fault.category`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.fields.get(key)
    }

    /// The text under a key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// The whole number under a key.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_i64()
    }

    /// All keys and values.
    #[must_use]
    pub fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }
}

/// Runs `work` and returns a record for each event on this thread, of every level.
///
/// # Example: a service's own failure line
///
/// ```
/// let records = netcause::testing::capture(|| {
///     let error = std::io::Error::from_raw_os_error(111);
///     tracing::error!(
///         server.address = "db",
///         server.port = 5432,
///         error = netcause::error(&error),
///         "no database",
///     );
/// });
/// assert_eq!(records[0].text("fault.category"), Some("connect_refused"));
/// assert_eq!(records[0].text("server.address"), Some("db"));
/// ```
pub fn capture(work: impl FnOnce()) -> Vec<Captured> {
    let lines = Lines::default();
    let exporter = JsonExporter::new(Sink::writer(Box::new(lines.clone())), Limits::default());
    let subscriber = Registry::default().with(NetcauseLayer::new(exporter));
    tracing_core::dispatcher::with_default(&Dispatch::new(subscriber), work);
    lines.take()
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn take(&self) -> Vec<Captured> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let text = String::from_utf8_lossy(&bytes);
        text.lines()
            .map(|line| Captured {
                line: line.to_owned(),
                fields: serde_json::from_str(line).unwrap_or_default(),
            })
            .collect()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
