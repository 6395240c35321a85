//! JSON as other programs write it: read once, valid or not at all, literals kept.
//!
//! `serde_json` would read numbers as floats, or allocate for each; here a line's members
//! are found where they stand ([`scan`]), and only a text with an escape and what holds
//! other values are written anew ([`text`], [`nested`]).

pub(crate) mod nested;
pub(crate) mod scan;
pub(crate) mod text;

#[cfg(test)]
mod tests;
