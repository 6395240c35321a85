//! The names under which loggers write the message, the level, the time and the error.

/// What a member of a record may tell; of two that tell the same, the lower rank counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Nothing of these.
    Other,
    /// The message.
    Message(u8),
    /// The level.
    Level(u8),
    /// A level as a number of syslog's.
    SyslogLevel(u8),
    /// The time.
    Time(u8),
    /// The error: its text, or an object that has it.
    Error(u8),
    /// The error, where it is a text.
    ErrorText(u8),
    /// An object with the message, the error or facts of theirs.
    Payload,
    /// The line itself, as container runtimes write it: a text, perhaps of JSON.
    Wrapped(u8),
    /// The very field by which a record shows that it has been through here.
    Category,
    /// How many fields a record has lost before.
    Dropped,
    /// The status of an answer, or an object that has it.
    Status,
}

/// Names as they are written, and what they tell.
///
/// The names that the key policy gives (`fields.error`) stand beside the callers' own, so
/// that a record that comes again is read as it was.
const NAMES: &[(&str, Part)] = &[
    ("fault.category", Part::Category),
    ("dropped_attributes_count", Part::Dropped),
    ("message", Part::Message(0)),
    ("msg", Part::Message(1)),
    ("MESSAGE", Part::Message(2)),
    ("Message", Part::Message(2)),
    ("@m", Part::Message(2)),
    ("textPayload", Part::Message(3)),
    ("short_message", Part::Message(3)),
    ("@mt", Part::Message(4)),
    ("event", Part::Message(5)),
    ("body", Part::Message(6)),
    ("log", Part::Wrapped(7)),
    ("severity", Part::Level(0)),
    ("level", Part::Level(1)),
    ("log.level", Part::Level(2)),
    ("lvl", Part::Level(2)),
    ("levelname", Part::Level(2)),
    ("log_level", Part::Level(2)),
    ("loglevel", Part::Level(2)),
    ("LogLevel", Part::Level(2)),
    ("Level", Part::Level(2)),
    ("severity_text", Part::Level(2)),
    ("severityText", Part::Level(2)),
    ("@l", Part::Level(2)),
    ("s", Part::Level(4)),
    ("PRIORITY", Part::SyslogLevel(3)),
    ("timestamp", Part::Time(0)),
    ("@timestamp", Part::Time(1)),
    ("time", Part::Time(2)),
    ("ts", Part::Time(3)),
    ("Timestamp", Part::Time(3)),
    ("@t", Part::Time(3)),
    ("datetime", Part::Time(4)),
    ("asctime", Part::Time(4)),
    ("eventTime", Part::Time(4)),
    ("time_iso8601", Part::Time(4)),
    ("time_local", Part::Time(4)),
    ("start_time", Part::Time(5)),
    ("startTime", Part::Time(5)),
    ("timeMillis", Part::Time(5)),
    ("date", Part::Time(6)),
    ("t", Part::Time(7)),
    ("__REALTIME_TIMESTAMP", Part::Time(4)),
    ("error", Part::Error(0)),
    ("fields.error", Part::Error(0)),
    ("err", Part::Error(1)),
    ("error.message", Part::ErrorText(0)),
    ("exception.message", Part::ErrorText(3)),
    ("exception", Part::Error(4)),
    ("fields.exception", Part::Error(4)),
    ("Exception", Part::Error(4)),
    ("@x", Part::Error(4)),
    ("thrown", Part::Error(4)),
    ("exc_info", Part::Error(4)),
    ("errorMessage", Part::Error(5)),
    ("error_message", Part::Error(5)),
    ("errmsg", Part::Error(5)),
    ("err_msg", Part::Error(5)),
    ("error.stack_trace", Part::ErrorText(6)),
    ("stack_trace", Part::Error(6)),
    ("status", Part::Status),
    ("statusCode", Part::Status),
    ("status_code", Part::Status),
    ("http.response.status_code", Part::Status),
    ("response_code", Part::Status),
    ("responseCode", Part::Status),
    ("res", Part::Status),
    ("response", Part::Status),
    ("fields", Part::Payload),
    ("fields.fields", Part::Payload),
    ("jsonPayload", Part::Payload),
    ("attr", Part::Payload),
];

/// What a member of that name may tell.
pub(super) fn part_of(name: &str) -> Part {
    NAMES.iter().find(|(known, _)| *known == name).map_or(Part::Other, |(_, part)| *part)
}

#[cfg(test)]
mod tests {
    use netcause_record::Key;

    use super::*;

    #[test]
    fn a_name_that_moves_tells_the_same_where_it_has_moved() {
        for (name, part) in NAMES {
            let moved = Key::of_record(*name).name;
            // A value that cannot stand there is no longer looked at: of no use as it is.
            let gone = ["fault.category"].contains(name);
            assert!(gone || part_of(&moved) == *part, "{name} becomes {moved}");
        }
    }
}
