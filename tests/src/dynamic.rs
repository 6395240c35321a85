//! Events and spans whose keys and targets are not known when the test is compiled.

use std::sync::OnceLock;

use tracing::callsite::{Callsite, Identifier};
use tracing::field::{Field, FieldSet, Value};
use tracing::metadata::Kind;
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Span};

#[derive(Debug, Default)]
struct Site(OnceLock<Metadata<'static>>);

impl Callsite for Site {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        self.0.get().expect("set before anybody sees the callsite")
    }
}

/// A callsite that lives as long as the process, like every other.
fn site(kind: Kind, level: Level, target: &str, keys: &[&str]) -> &'static Metadata<'static> {
    let keys: Vec<&'static str> = keys.iter().map(|key| leak(key)).collect();
    let site: &'static Site = Box::leak(Box::default());
    let fields = FieldSet::new(Vec::leak(keys), Identifier(site));
    let target = leak(target);
    site.0.get_or_init(|| Metadata::new("dynamic", target, level, None, None, None, fields, kind))
}

fn leak(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

fn fields(metadata: &'static Metadata<'static>) -> Vec<Field> {
    metadata.fields().iter().collect()
}

/// Sends an event with a message and one more field.
pub fn event(level: Level, target: &str, message: &str, key: &str, value: &dyn Value) {
    let metadata = site(Kind::EVENT, level, target, &["message", key]);
    let [first, second] = &fields(metadata)[..] else { unreachable!("two keys") };
    let values = [(first, Some(&message as &dyn Value)), (second, Some(value))];
    Event::dispatch(metadata, &metadata.fields().value_set(&values));
}

/// Opens a span at INFO with one field.
#[must_use]
pub fn span(key: &str, value: &dyn Value) -> Span {
    let metadata = site(Kind::SPAN, Level::INFO, "dynamic", &[key]);
    let [field] = &fields(metadata)[..] else { unreachable!("one key") };
    Span::new(metadata, &metadata.fields().value_set(&[(field, Some(value))]))
}
