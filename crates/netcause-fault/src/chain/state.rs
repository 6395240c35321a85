//! The SQLSTATE that database clients show in their `Debug` output only.

use std::error::Error;
use std::fmt::{self, Write};

use arrayvec::ArrayString;

/// What tokio-postgres prints of an error that the server sent.
const TOKIO_POSTGRES: &str = "db error";

/// What sqlx prints before the server's own words.
const SQLX: &str = "error returned from database: ";

/// Whether an error that prints that text may have a code.
pub(super) fn may_be_sql(text: &str) -> bool {
    text == TOKIO_POSTGRES || text.starts_with(SQLX)
}

/// The code of such an error.
pub(super) fn sql_state(error: &dyn Error) -> Option<ArrayString<5>> {
    let mut head = HeadWriter::default();
    // Ends by itself with an error once the code is there.
    let _ = write!(head, "{error:?}");
    let (_, rest) = head.text.split_once("code: ")?;
    let state = rest.strip_prefix("SqlState(E").or_else(|| rest.strip_prefix('"'))?;
    let state = ArrayString::from(state.get(..5)?).ok()?;
    state.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(state)
}

/// Takes the fields up to the message, which may be long.
#[derive(Default)]
struct HeadWriter {
    text: ArrayString<192>,
    writes: u8,
}

impl Write for HeadWriter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text == "message" {
            return Err(fmt::Error);
        }
        self.writes = self.writes.checked_add(1).ok_or(fmt::Error)?;
        self.text.try_push_str(text).map_err(|_| fmt::Error)
    }
}
