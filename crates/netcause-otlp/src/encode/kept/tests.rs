use std::time::{Duration, UNIX_EPOCH};

use netcause_fault::{Category, Fault, Phase};
use netcause_record::{
    ErrorText, Field, Key, Origin, Record, RenderedFault, Resource, Scope, Value,
};

use super::*;
use crate::AttributeLimits;
use crate::encode::attributes::Scratch;
use crate::encode::json::push_line;
use crate::encode::log_record::push_log;

/// The fields of a span.
#[derive(Debug)]
struct Fields {
    number: u64,
    keys: [Key; 2],
    value: String,
}

impl Fields {
    fn new(number: u64, value: &str) -> Self {
        let keys = ["cart.id", "exception.message"].map(Key::new);
        Fields { number, keys, value: value.to_owned() }
    }
}

impl Scope for Fields {
    fn write_members(&self, _: &mut String) {}

    fn bits(&self) -> u64 {
        0
    }

    fn each<'s>(&'s self, with: &mut dyn FnMut(Field<'s>)) {
        self.keys.iter().for_each(|key| with(Field { key, value: Value::Text(&self.value) }));
    }

    fn number(&self) -> Option<u64> {
        Some(self.number)
    }
}

const LIMITS: [AttributeLimits; 3] = [
    AttributeLimits { count: 128, length: None },
    AttributeLimits { count: 7, length: None },
    AttributeLimits { count: 128, length: Some(4) },
];

/// Whether a record is encoded as if nothing were kept, in either form.
fn check(scratch: &mut Scratch, record: &Record<'_>) {
    for limits in &LIMITS {
        let (mut again, mut anew) = (Vec::new(), Vec::new());
        push_log(record, None, limits, scratch, &mut again);
        push_log(record, None, limits, &mut Scratch::default(), &mut anew);
        assert_eq!(again, anew, "{limits:?}");
        let (mut again, mut anew) = (String::new(), String::new());
        push_line("", record, limits, scratch, &mut again);
        push_line("", record, limits, &mut Scratch::default(), &mut anew);
        assert_eq!(again, anew, "{limits:?}");
    }
}

#[test]
fn what_is_kept_is_what_would_be_written() {
    let resource = Resource::default();
    let links = ["no cart", "refused"];
    let error = ErrorText { message: "no cart: refused", links: (&links).into() };
    let mut fault = Fault::new(Category::ConnectRefused);
    fault.phase = Some(Phase::Connect);
    let mut rendered = RenderedFault::new(&fault, Some(&error));
    let (one, other) = (Fields::new(1, "first cart"), Fields::new(2, "second"));
    let mut scratch = Scratch::default();
    for time in [None, Some(3001), Some(3001), Some(2999)] {
        fault.elapsed = time.map(Duration::from_millis);
        rendered.renew(&fault);
        for scope in [&one, &other, &one] {
            let ordinary = Record {
                timestamp: Some(UNIX_EPOCH),
                severity: None,
                message: Some("charging"),
                target: "checkout",
                trace: None,
                resource: &resource,
                fields: &[],
                scope: Some(scope),
                error: None,
                fault: None,
                rendered: None,
                origin: Origin::default(),
                dropped_fields: 0,
            };
            let failed = Record {
                error: Some(error),
                fault: Some(&fault),
                rendered: Some(&rendered),
                ..ordinary
            };
            check(&mut scratch, &ordinary);
            check(&mut scratch, &failed);
            check(&mut scratch, &Record { error: Some(error), ..ordinary });
        }
    }
}

#[test]
fn a_piece_is_found_until_another_takes_its_place() {
    let mut kept = Kept::default();
    let name = Name::Facts { number: 1 };
    assert_eq!(kept.get(name), None);
    kept.put(name, b"encoded", 2);
    assert_eq!(kept.get(name), Some((&b"encoded"[..], 2)));
    assert_eq!(kept.get(Name::Try { number: 1, version: 1 }), None);
    kept.put(Name::Facts { number: 2 }, b"other", 1);
    assert_eq!(kept.get(name), Some((&b"encoded"[..], 2)));
    kept.put(Name::Facts { number: 1 + PIECES as u64 }, b"other", 1);
    assert_eq!(kept.get(name), None);
    kept.put(name, &[0; LONGEST + 1], 1);
    assert_eq!(kept.get(name), None);
}
