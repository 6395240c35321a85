//! Codes in a text, and what else a database's client says of an answer.

use super::super::extract;
use super::{Finding, Reading};
use crate::classify::codes::{self, Code, Dialect, Meaning};
use crate::classify::rules::Says;
use crate::{Category, Reason};

/// How far behind the name of a type its field `code` may stand, in `Debug` output.
const FIELD_WITHIN: usize = 80;

impl<'a> Reading<'a> {
    /// Takes what a rule says of the peer's answer.
    pub(super) fn take_answer(&mut self, says: Says, before: &str, after: &'a str) {
        match says {
            Says::Wrapped(category) => self.take_wrapped(category),
            Says::Answer(key) => {
                if let Some(code) = codes::of_key(key) {
                    self.consider_code(code, code.name());
                }
            }
            Says::CodeFollows(Dialect::SqlState) => self.take_sql_state(after),
            Says::CodeFollows(Dialect::MySql) => self.take_meaning(Dialect::MySql, digits(after)),
            Says::CodeFollows(Dialect::Amqp) => self.take_meaning(Dialect::Amqp, name(after)),
            Says::CodeField(dialect) => {
                let field = field(after).map_or("", word);
                self.take_meaning(dialect, field);
            }
            Says::CodePerhaps(dialect) => self.take_perhaps(dialect, after),
            Says::Missing => self.take_missing(before),
            Says::Length => self.take_length(after),
            _ => {}
        }
    }

    /// Considers a code. Words that tell a case apart win over the bare code.
    pub(in crate::classify) fn consider_code(&mut self, code: &'static Code, name: &'a str) {
        let known = match self.finding() {
            Some(Finding::Code(known)) => known.name() == code.name(),
            _ => false,
        };
        if known && code.is_bare() {
            return;
        }
        self.consider(Finding::Code(code));
        if self.code.is_none() || self.finding() == Some(Finding::Code(code)) {
            self.code = Some(name);
        }
    }

    /// Takes a code of which its place makes sure that it is one.
    pub(in crate::classify) fn take_meaning(&mut self, dialect: Dialect, name: &'a str) {
        match codes::meaning(dialect, name) {
            Some(Meaning::Fault(code)) if dialect == Dialect::Amqp => {
                self.consider_code(code, code.name());
            }
            Some(Meaning::Fault(code)) => self.consider_code(code, name),
            Some(Meaning::Harmless) => self.harmless = true,
            None => {}
        }
    }

    fn take_wrapped(&mut self, category: Category) {
        if matches!(self.finding(), None | Some(Finding::Timer(false))) {
            (self.best, self.doubtful) = (None, None);
            self.consider(Finding::Of(category));
        }
    }

    /// `SQLSTATE 57P01`, `SQLSTATE[HY000] [1040]`, `SqlState(E57P01)`, `sqlState: '57P01'`.
    fn take_sql_state(&mut self, after: &'a str) {
        let state = after.trim_start_matches([' ', ':', '=', '[', '(', '"', '\'']);
        if after.len() - state.len() > 4 {
            return;
        }
        let state = match word(state) {
            enumerated if enumerated.len() == 6 => enumerated.strip_prefix('E').unwrap_or(""),
            plain => plain,
        };
        let rest = after.split_once(state).map_or("", |(_, rest)| rest);
        if let Some(number) = rest.strip_prefix("] [").map(digits).filter(|it| it.len() == 4) {
            self.take_meaning(Dialect::MySql, number);
        } else {
            self.take_meaning(Dialect::SqlState, state);
        }
    }

    /// Takes a code where anything may stand: only one in its usual dress counts.
    fn take_perhaps(&mut self, dialect: Dialect, after: &'a str) {
        let code = word(after);
        let rest = after.get(code.len()..).unwrap_or_default();
        if dialect == Dialect::MySql {
            let state = rest.strip_prefix(" (").map_or("", word);
            if state.len() == 5 && code.len() == 4 {
                self.take_meaning(dialect, digits(code));
            }
        } else if let (true, Some(Meaning::Fault(known))) =
            (rest.is_empty() || rest.starts_with(':'), codes::meaning(dialect, code))
        {
            self.consider_code(known, code);
        }
    }

    /// `database "x" does not exist`; of a role only if that kept the client out, as the
    /// same is said of a statement that names one.
    fn take_missing(&mut self, before: &str) {
        let near = extract::before(before, before.len());
        let Some((lead, _)) = near.trim_end_matches('\\').rsplit_once('"') else { return };
        let lead = lead.trim_end_matches('\\');
        let key = if ends_with(lead, "database ") {
            "3D000"
        } else if ends_with(lead, "fatal: role ") || ends_with(lead, "fatal:  role ") {
            "28000"
        } else {
            return;
        };
        if let Some(code) = codes::of_key(key) {
            self.consider_code(code, code.name());
        }
    }

    /// A length that is four letters in truth is the answer of another protocol; any other
    /// one was cut short.
    fn take_length(&mut self, after: &str) {
        let length = digits(after).parse::<u32>().unwrap_or_default();
        let letters = |bytes: [u8; 4]| {
            let used = bytes.iter().filter(|byte| **byte != 0);
            used.clone().count() >= 3 && used.clone().all(u8::is_ascii_graphic)
        };
        if letters(length.to_be_bytes()) {
            self.consider(Finding::Is(Reason::InvalidResponse));
        } else {
            self.ended = true;
        }
    }
}

/// Letters and digits at the start.
fn word(text: &str) -> &str {
    text.get(..text.bytes().take_while(u8::is_ascii_alphanumeric).count()).unwrap_or_default()
}

fn digits(text: &str) -> &str {
    text.get(..text.bytes().take_while(u8::is_ascii_digit).count()).unwrap_or_default()
}

/// A name of upper-case letters, however it is joined.
fn name(text: &str) -> &str {
    let is_name = |byte: &u8| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-');
    text.get(..text.bytes().take_while(is_name).count()).unwrap_or_default()
}

/// What the field `code` holds, or `number` where there is one behind.
fn field(after: &str) -> Option<&str> {
    let fields = after.split(", message: ").next()?;
    let (_, value) = fields.split_once("number: ").or_else(|| fields.split_once("code: "))?;
    (fields.len() <= FIELD_WITHIN).then(|| value.trim_start_matches('"'))
}

/// Whether a text ends with these words, whatever their case.
fn ends_with(text: &str, words: &str) -> bool {
    let start = text.len().checked_sub(words.len());
    start.and_then(|start| text.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(words))
}
