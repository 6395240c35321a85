//! Texts that announce a failure and say nothing of it.
//!
//! A wrapper that prints its inner error and does not name it as its source ends a chain
//! with such a text; so do some libraries themselves. The `Debug` output goes deeper.

/// The most bytes of `Debug` output that are read.
pub(super) const LIMIT: usize = 2048;

/// How such texts end.
const ENDINGS: &[&str] = &[
    "error sending request",
    "error decoding response body",
    "request or response body error",
    "client error (Connect)",
    "client error (SendRequest)",
    "tcp connect error",
    "dns error",
    "connection error",
    "transport error",
    "http2 error",
    "error reading a body from connection",
    "dispatch failure",
    "db error",
    "error connecting to server",
    "error communicating with the server",
    "unexpected EOF",
];

/// Whether the text at the end of a chain leaves open what happened.
pub(super) fn is_mute(text: &str) -> bool {
    ENDINGS.iter().any(|ending| text.ends_with(ending))
        // reqwest names the URL last; hickory prints the question and not the answer.
        || (text.ends_with(')') && text.contains(" for url ("))
        || (text.ends_with('}') && text.contains("no record"))
}

#[cfg(test)]
mod tests {
    use super::is_mute;

    #[test]
    fn a_text_that_ends_with_an_announcement_is_mute() {
        for text in [
            "charging failed: error sending request for url (http://db/)",
            "client error (Connect)",
            "no records found for Query { name: Name(\"a.\"), query_type: A, query_class: IN }",
        ] {
            assert!(is_mute(text), "{text}");
        }
        for text in ["Connection refused (os error 111)", "transport error: reset", ""] {
            assert!(!is_mute(text), "{text}");
        }
    }
}
