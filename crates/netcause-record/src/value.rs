//! [`Value`] and [`Field`]: what a caller logged.

use crate::Key;

/// A field's value, JSON type kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A truth value.
    Bool(bool),
    /// A signed integer.
    I64(i64),
    /// An unsigned integer.
    U64(u64),
    /// A floating point number; not a number and infinities are written as `null`.
    F64(f64),
    /// A text, secrets already removed.
    Text(&'a str),
    /// A number in its literal form, kept to the last digit.
    Number(&'a str),
    /// A JSON array or object, already valid and safe.
    Json(&'a str),
}

/// One field: a key with its place in the policy, and a value.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// The key.
    pub key: &'a Key,
    /// The value.
    pub value: Value<'a>,
}
