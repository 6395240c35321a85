//! One log record: keys, precedence, limits, redaction, and its JSON and terminal forms.

mod compose;
mod escape;
mod export;
mod exporters;
mod json;
mod key;
mod limits;
mod places;
mod pretty;
mod read;
mod record;
mod redact;
mod reentry;
mod resource;
mod secret;
mod sink;
mod time;
mod tries;
mod value;

pub use compose::{PeerSource, Selected, Sources, SpanFields, add, complete, named_peer, select};
pub use escape::escape_into;
pub use export::{Counts, Export, Losses, OnFull};
pub use exporters::{JsonExporter, PrettyExporter};
pub use json::{RenderedFault, push_address, push_member, write_json, write_member, write_value};
pub use key::{Key, Role, Unit, bit_of};
pub use limits::{LimitedWriter, Limits, MIN_RECORD, cut_text};
pub use pretty::write_pretty;
pub use record::{ErrorText, Links, Origin, Record, Scope, Severity, TraceContext};
pub use redact::{Redactor, redacted};
pub use reentry::Reentry;
pub use resource::Resource;
pub use secret::REDACTED;
pub use sink::{LineWriter, Sink};
pub use time::{push_seconds, push_timestamp};
pub use tries::{complete_elapsed, complete_tries, rests_on_time};
pub use value::{Field, Value};
