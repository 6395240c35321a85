//! One member, one value.

use crate::escape::escape_into;
use crate::{Field, Value};

/// Appends `"key":value`.
///
/// ```
/// use netcause_record::{Value, write_member};
///
/// let mut out = String::new();
/// write_member("order.id", Value::I64(17), &mut out);
/// assert_eq!(out, r#""order.id":17"#);
/// ```
pub fn write_member(key: &str, value: Value<'_>, out: &mut String) {
    out.push('"');
    escape_into(key, out);
    out.push_str("\":");
    write_value(value, out);
}

/// Appends `,"key":value` with the name that the key has in a record that does, or does not,
/// report a fault.
///
/// ```
/// use netcause_record::{Field, Key, Value, push_member};
///
/// let mut out = String::from("{");
/// push_member(&Field { key: &Key::new("error.code"), value: Value::I64(7) }, true, &mut out);
/// assert_eq!(out, r#"{,"fields.error_code":7"#);
/// ```
pub fn push_member(field: &Field<'_>, on_fault: bool, out: &mut String) {
    out.push_str(field.key.prefix_in(on_fault));
    write_value(field.value, out);
}

/// Appends a value; not a number and infinities become `null`.
///
/// ```
/// use netcause_record::{Value, write_value};
///
/// let mut out = String::new();
/// write_value(Value::F64(0.5), &mut out);
/// out.push(' ');
/// write_value(Value::F64(f64::NAN), &mut out);
/// assert_eq!(out, "0.5 null");
/// ```
pub fn write_value(value: Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::I64(number) => out.push_str(itoa::Buffer::new().format(number)),
        Value::U64(number) => out.push_str(itoa::Buffer::new().format(number)),
        Value::F64(number) if number.is_finite() => {
            out.push_str(zmij::Buffer::new().format_finite(number));
        }
        Value::F64(_) => out.push_str("null"),
        Value::Text(text) => {
            out.push('"');
            escape_into(text, out);
            out.push('"');
        }
        Value::Number(literal) | Value::Json(literal) => out.push_str(literal),
    }
}
