//! One log record: keys, precedence, limits, redaction, and its JSON and terminal forms.

mod compose;
mod export;
mod key;
mod read;
mod record;
mod resource;
mod value;

pub use compose::{PeerSource, Selected, Sources, SpanFields, complete, select};
pub use export::Export;
pub use key::{Key, Role, Unit, bit_of};
pub use record::{ErrorText, Origin, Record, Severity, TraceContext};
pub use resource::Resource;
pub use value::{Field, Value};
