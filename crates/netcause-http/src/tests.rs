//! The records that asynchronous work logs.

use std::io;
use std::sync::{Arc, Mutex};

use netcause_layer::NetcauseLayer;
use netcause_record::{JsonExporter, Limits, Sink};
use serde_json::Value;
use tracing_subscriber::prelude::*;

#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The records that asynchronous work logs on this thread.
pub(crate) fn logged(work: impl Future<Output = ()>) -> Vec<Value> {
    let output = Output::default();
    let sink = Sink::writer(Box::new(output.clone()));
    let layer = NetcauseLayer::new(JsonExporter::new(sink, Limits::default()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        runtime.block_on(work);
    });
    let text = String::from_utf8(output.0.lock().unwrap().clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
