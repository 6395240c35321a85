//! No secret reaches any output, and one event is one line whatever it contains.

#![allow(clippy::unwrap_used, reason = "a test stops at a surprise")]

mod corpus;
mod keys;
mod places;
mod scalars;

use netcause_layer::NetcauseLayer;
use netcause_record::{Limits, PrettyExporter, Sink};
use netcause_tests::lines::{Buffer, Lines};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

/// What the events of `work` look like in each form.
struct Written {
    json: String,
    plain: String,
    coloured: String,
}

impl Written {
    fn forms(&self) -> [(&'static str, &str); 3] {
        [("JSON", &self.json), ("terminal", &self.plain), ("colours", &self.coloured)]
    }
}

/// Runs `work` once with JSON, plain and coloured terminal output.
fn write(work: impl FnOnce()) -> Written {
    let (lines, plain, coloured) = (Lines::default(), Buffer::default(), Buffer::default());
    let subscriber =
        registry().with(lines.layer()).with(pretty(&plain, false)).with(pretty(&coloured, true));
    tracing::subscriber::with_default(subscriber, work);
    let json: Vec<_> = lines.take().iter().map(|line| line.raw().to_owned()).collect();
    Written { json: json.join("\n"), plain: plain.take(), coloured: coloured.take() }
}

fn pretty(buffer: &Buffer, colour: bool) -> NetcauseLayer {
    let sink = Sink::writer(Box::new(buffer.clone()));
    NetcauseLayer::new(PrettyExporter::new(sink, colour, Limits::default()))
}
