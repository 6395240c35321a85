//! The codes of gRPC (grpc/grpc, `doc/statuscodes.md`), by every way to write them, and
//! who stated one: the peer, or the client about what it met on the way.

use crate::Category;

/// One code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Code {
    /// The name, as `error.type` has it.
    pub(super) name: &'static str,
    /// What kind of failure it is, where the peer says so.
    pub(super) category: Category,
    /// tonic's words for it.
    pub(super) words: &'static str,
    /// Whether a client that knows no better gives it, too.
    is_vague: bool,
}

/// How a text writes a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Its name, in any case: `UNAVAILABLE`, `DeadlineExceeded`.
    Name,
    /// Its name, as a field of tonic's before the message.
    Field,
    /// tonic's words for it.
    Words,
    /// Its number.
    Number,
}

/// Who stated a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    /// The peer, so that nothing tells more.
    Peer,
    /// The client, about what it met: that tells more.
    Client,
    /// One of them.
    Either,
}

/// A code that was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(super) code: &'static Code,
    pub(super) author: Author,
}

impl Stated {
    /// Whether nothing that stands beside tells more.
    pub(super) fn is_decisive(self) -> bool {
        match self.author {
            Author::Peer => true,
            Author::Client => false,
            Author::Either => !self.code.is_general(),
        }
    }

    /// Whether it tells something, where nothing else does.
    pub(super) fn is_telling(self) -> bool {
        self.author != Author::Client || !self.code.is_vague
    }
}

impl Code {
    /// Whether it is also what stands around a closer cause.
    fn is_general(&self) -> bool {
        self.is_vague || matches!(self.name, "UNAVAILABLE" | "DEADLINE_EXCEEDED")
    }
}

/// The code of that number.
pub(super) fn of_number(number: u64) -> Option<&'static Code> {
    CODES.get(usize::try_from(number).ok()?.checked_sub(1)?)
}

/// The code whose name begins at an index, behind its number: `14 UNAVAILABLE`, as gRPC in
/// JavaScript prints it.
pub(super) fn numbered(text: &str, start: usize) -> Option<Stated> {
    let before = text.get(..start)?.strip_suffix(' ')?;
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count().min(2);
    let code = of_number(before.get(before.len() - digits..)?.parse().ok()?)?;
    let (stated, _) = read(Form::Name, text.get(start..)?)?;
    (stated.code == code).then_some(stated)
}

/// The code that is written at the start, and where it ends.
pub(super) fn read(form: Form, text: &str) -> Option<(Stated, usize)> {
    let (code, end) = match form {
        Form::Name | Form::Field => {
            let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = text.get(..end.unwrap_or(text.len()))?;
            (CODES.iter().find(|code| is_same_name(code.name, name))?, name.len())
        }
        Form::Words => {
            let code = CODES.iter().find(|code| text.starts_with(code.words))?;
            (code, code.words.len())
        }
        Form::Number => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            (of_number(text.get(..digits)?.parse().ok()?)?, digits)
        }
    };
    let rest = text.get(end..)?;
    let author = match form {
        Form::Field if !FIELDS.iter().any(|field| rest.starts_with(field)) => return None,
        Form::Field | Form::Words => author(rest),
        Form::Name | Form::Number => Author::Either,
    };
    Some((Stated { code, author }, end))
}

/// Who wrote the rest of one of tonic's statuses: what it met follows as a source, and a
/// peer's answer has headers.
fn author(rest: &str) -> Author {
    let has_source = rest.contains(", source: t")
        || rest.contains(", source: h")
        || rest.contains("source: Some(")
        || rest.contains("headers: {} }");
    match rest.split_once("message: \"") {
        _ if has_source => Author::Client,
        Some((_, message)) if is_own_message(message) => Author::Client,
        _ => Author::Peer,
    }
}

/// Whether tonic wrote the message that begins so.
pub(super) fn is_own_message(message: &str) -> bool {
    OWN_MESSAGES.iter().any(|own| message.starts_with(own))
}

/// What follows the code in tonic's `Debug` output.
const FIELDS: &[&str] = &[", message: ", ", details: ", ", metadata: ", ", source: "];

/// How the messages begin that tonic writes without a source.
const OWN_MESSAGES: &[&str] = &[
    "protocol error: ",
    "h2 protocol error",
    "Unexpected EOF decoding stream",
    "grpc-status header missing",
    "operation was canceled",
    "Timeout expired",
    "transport error",
    "tcp connect error",
    "dns error",
    "error trying to connect",
];

/// `DEADLINE_EXCEEDED` and `DeadlineExceeded` are one name, and so are both spellings of
/// `CANCELLED`.
fn is_same_name(name: &str, other: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> + '_ {
        text.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_uppercase())
    }
    letters(name).eq(letters(other))
        || (name == "CANCELLED" && other.eq_ignore_ascii_case("canceled"))
}

const fn code(name: &'static str, category: Category, words: &'static str) -> Code {
    Code { name, category, words, is_vague: false }
}

const fn vague(code: Code) -> Code {
    Code { is_vague: true, ..code }
}

/// By number, from 1 on; the categories are those of the HTTP statuses to which
/// `google/rpc/code.proto` maps them.
#[rustfmt::skip]
static CODES: [Code; 16] = [
    vague(code("CANCELLED", Category::Cancelled, "The operation was cancelled")),
    vague(code("UNKNOWN", Category::HttpServerError, "Unknown error")),
    code("INVALID_ARGUMENT", Category::HttpClientError, "Client specified an invalid argument"),
    code("DEADLINE_EXCEEDED", Category::ResponseTimeout, "Deadline expired before operation could complete"),
    code("NOT_FOUND", Category::HttpClientError, "Some requested entity was not found"),
    code("ALREADY_EXISTS", Category::HttpClientError, "Some entity that we attempted to create already exists"),
    code("PERMISSION_DENIED", Category::Auth, "The caller does not have permission to execute the specified operation"),
    code("RESOURCE_EXHAUSTED", Category::RateLimited, "Some resource has been exhausted"),
    code("FAILED_PRECONDITION", Category::HttpClientError, "The system is not in a state required for the operation's execution"),
    code("ABORTED", Category::HttpClientError, "The operation was aborted"),
    code("OUT_OF_RANGE", Category::HttpClientError, "Operation was attempted past the valid range"),
    code("UNIMPLEMENTED", Category::HttpClientError, "Operation is not implemented or not supported"),
    vague(code("INTERNAL", Category::HttpServerError, "Internal error")),
    code("UNAVAILABLE", Category::Unavailable, "The service is currently unavailable"),
    code("DATA_LOSS", Category::HttpServerError, "Unrecoverable data loss or corruption"),
    code("UNAUTHENTICATED", Category::Auth, "The request does not have valid authentication credentials"),
];

#[cfg(test)]
mod tests {
    use super::{Author, Form, read};

    fn stated(form: Form, text: &str) -> Option<(&'static str, Author)> {
        read(form, text).map(|(stated, _)| (stated.code.name, stated.author))
    }

    #[test]
    fn a_name_is_known_in_every_spelling() {
        for name in ["DEADLINE_EXCEEDED", "DeadlineExceeded desc = x", "deadline_exceeded\""] {
            let either = Some(("DEADLINE_EXCEEDED", Author::Either));
            assert_eq!(stated(Form::Name, name), either, "{name}");
        }
        assert_eq!(stated(Form::Name, "Canceled"), Some(("CANCELLED", Author::Either)));
        assert_eq!(stated(Form::Name, "Unavailables"), None);
        let numbered = |text: &str| super::numbered(text, 3).map(|it| it.code.name);
        assert_eq!(numbered("14 UNAVAILABLE: no"), Some("UNAVAILABLE"));
        assert_eq!(numbered("13 UNAVAILABLE: no"), None);
        assert_eq!(stated(Form::Number, "14"), Some(("UNAVAILABLE", Author::Either)));
        assert_eq!(stated(Form::Number, "0"), None);
        assert_eq!(stated(Form::Number, "17"), None);
    }

    #[test]
    fn a_source_or_words_of_its_own_show_that_the_client_speaks() {
        let of = |rest: &str| stated(Form::Words, &format!("Internal error', message: \"{rest}"));
        assert_eq!(of("boom\""), Some(("INTERNAL", Author::Peer)));
        assert_eq!(of("boom\", source: tonic::transport"), Some(("INTERNAL", Author::Client)));
        assert_eq!(of("protocol error: x\""), Some(("INTERNAL", Author::Client)));
    }

    #[test]
    fn a_field_of_something_else_is_no_code() {
        assert_eq!(stated(Form::Field, "Unavailable since noon"), None);
        let status = "Unavailable, message: \"no\", metadata: MetadataMap { headers: {\"a\": 1} }";
        assert_eq!(stated(Form::Field, status), Some(("UNAVAILABLE", Author::Peer)));
    }
}
