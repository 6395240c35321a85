//! What a text says: one line a pattern.
//!
//! A pattern matches without regard to ASCII case and at word boundaries; a trailing `*`
//! lifts the boundary at its end. A line reads: pattern, what it says, who writes it.
//! Where a reason has a phase of its own (`dns`, `tls` …) the reason tells it; otherwise
//! the stages of the same text do.

mod alarms;
mod certificates;
mod clients_http;
mod databases;
mod ends;
mod harmless;
mod languages;
mod limits;
mod lookup;
mod places;
mod protocol;
mod proxies;
mod refusals;
mod stages;
mod statuses;
mod system;
mod talk;
mod tls;

use super::codes::Dialect;
use super::grpc::Form;
use crate::errno::Os;
use crate::{Category, Reason};

/// One pattern and what it says.
#[derive(Debug)]
pub(super) struct Rule {
    /// What to look for.
    pattern: &'static str,
    /// Who writes it.
    #[allow(dead_code, reason = "for the reader of a table")]
    pub(super) source: &'static str,
    /// What it says.
    pub(super) says: Says,
    /// Whether a log message that contains it speaks of a failure, too.
    pub(super) in_messages: bool,
    /// Whether it names a setting or a thing as well: it has to be a clause of its own, or
    /// stand beside words of alarm.
    pub(super) is_noun: bool,
    /// Whether it is found within identifiers, too: `ReadTimeoutError`, `read_timeout`.
    pub(super) is_joined: bool,
}

impl Rule {
    /// The pattern without its mark.
    pub(super) fn text(&self) -> &'static str {
        self.pattern.strip_suffix('*').unwrap_or(self.pattern)
    }

    /// Every way to write the pattern: within an identifier, words are joined otherwise.
    pub(super) fn spellings(&self) -> impl Iterator<Item = String> {
        let has_joint = self.is_joined && self.text().contains(' ');
        let joints: &[&str] = if has_joint { &[" ", "", "_", "-"] } else { &[" "] };
        joints.iter().map(|joint| self.text().replace(' ', joint))
    }

    /// Whether the pattern may go on within a word.
    pub(super) fn is_open(&self) -> bool {
        self.pattern.ends_with('*')
    }
}

/// What a pattern says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// What happened.
    Is(Reason),
    /// What kind of failure it is, if nothing else tells more.
    Of(Category),
    /// What the operating system reported; the stage decides what that means.
    Os(Os),
    /// A limit ran out; the stage decides which.
    Timer,
    /// As `Timer`, if a limit follows and then the word "exceeded".
    ExceededLimit,
    /// As `Timer`, in words that only a timer of the program itself has.
    OwnTimer,
    /// The limit over lookup, TCP and TLS ran out.
    ConnectTimer,
    /// Where in the exchange.
    At(Stage),
    /// The code of an answer, if it is written as one: in capitals, or behind `code =`.
    Code(Category),
    /// The input ended early: a connection's, if the text speaks of one; else perhaps a file's.
    Ended,
    /// What somebody failed to do follows.
    Failed,
    /// A connection, of which may follow what became of it.
    Link,
    /// A machine or service, of which may follow what became of it.
    Peer,
    /// Something done with another machine, of which may follow that it failed.
    Action,
    /// A certificate, of which may follow why it was not accepted.
    Certificate,
    /// A caller, of whom may follow that it left.
    Client,
    /// Something that is not there follows: machines, or connections to them.
    Lack,
    /// Before it may stand that there is none of something, as behind `Lack`.
    Available,
    /// Something that is not as it should be may follow: a part of a protocol, a certificate.
    Malformed,
    /// curl's own number of the error follows.
    Curl,
    /// The status of an access log's line follows.
    Access,
    /// The termination state of a proxy's session follows.
    AccessState,
    /// That something went wrong, whatever it was.
    Alarm,
    /// That nobody else is to blame: no fault.
    Harmless,
    /// As `Harmless`, in a log message only.
    HarmlessMessage,
    /// What kind of failure it is, and the words of a limit right before are no news; what
    /// stands behind tells more.
    Wrapped(Category),
    /// The code of this key in the table of codes.
    Answer(&'static str),
    /// A code follows.
    CodeFollows(Dialect),
    /// A code follows in the field of that name, in `Debug` output.
    CodeField(Dialect),
    /// A code may follow.
    CodePerhaps(Dialect),
    /// What stands before in quotation marks does not exist.
    Missing,
    /// A length follows that was not there to read; perhaps it was no length.
    Length,
    /// A TLS alert's name follows.
    Alert,
    /// A code of gRPC follows.
    Rpc(Form),
    /// The status of the answer follows, and it is what the error is about.
    Status,
    /// A status follows; a closer cause may stand beside it.
    StatusText,
    /// A status may follow in a field of that name; one of a server that failed alarms.
    StatusField,
    /// The three digits at the start are a status, with its usual words.
    StatusPhrase,
    /// `://` of a URL.
    Url,
    /// An address follows, of the peer that was called.
    Address,
    /// The peer follows, and then perhaps what became of it.
    Subject(Subject),
    /// What became of it follows.
    Nameless(Subject),
    /// The address of a proxy and the target may follow, and then what became of it.
    Proxy,
    /// The peer's socket address follows, in `Debug` output.
    DebugPeer,
    /// An error number follows.
    Number,
    /// The name that was looked up may follow.
    Lookup,
    /// Something that was lost may follow.
    Lost,
}

impl Says {
    /// Whether it is looked for in lines of a log only.
    pub(super) fn is_of_lines(self) -> bool {
        let is_whole = matches!(
            self,
            Says::Alarm | Says::Failed | Says::Access | Says::AccessState | Says::At(Stage::Talk)
        );
        is_whole || self.is_half()
    }

    /// Whether it is the first part of a sentence whose second one may follow.
    pub(super) fn is_half(self) -> bool {
        matches!(
            self,
            Says::Link
                | Says::Peer
                | Says::Action
                | Says::Certificate
                | Says::Client
                | Says::Lack
                | Says::Lost
                | Says::Available
                | Says::Malformed
        )
    }
}

/// What a sentence speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The lookup of a name.
    Lookup,
    /// A connection.
    Connection,
    /// Making a connection: lookup, TCP and TLS.
    Connecting,
    /// A TLS handshake.
    Handshake,
    /// The peer itself.
    Host,
    /// The peer's answer.
    Answer,
    /// An answer that did not come.
    NoAnswer,
    /// An answer that was not finished.
    NoWholeAnswer,
    /// The call as a whole.
    Call,
    /// A pooled connection.
    Pool,
    /// Whom a connection was for; what became of it stands before.
    Target,
}

/// Where in the exchange a text places the failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The name was being looked up.
    Lookup,
    /// Words such as "name lookup", which also announce.
    Resolving,
    /// The TCP connection was being opened.
    Tcp,
    /// The connection was being made: lookup, TCP and TLS.
    Connect,
    /// Words such as "connect to", which also announce.
    Trying,
    /// Words such as "failed to connect".
    FailedConnect,
    /// A tunnel through a proxy was being made.
    Tunnel,
    /// The TLS handshake was going on.
    Tls,
    /// The request was under way.
    Request,
    /// The connection stood: the request was being sent or the answer awaited.
    Exchange,
    /// The answer was awaited, or something was being read.
    Response,
    /// The body was being read.
    Body,
    /// The body was being decoded.
    Decode,
    /// The peer has answered: what follows are its words on what it was asked.
    Answered,
    /// hyper gave up the request because its connection ended.
    Canceled,
    /// A channel was closed: hyper's, if it stands after a stage of its own.
    ChannelClosed,
    /// Sending was tried again in vain.
    Retried,
    /// The connection ended without the goodbye that its protocol has.
    Unannounced,
    /// A time is before another one.
    Before,
    /// A time is after another one.
    After,
    /// Of two things that are said one is so.
    Either,
    /// Some other machine is spoken of.
    Talk,
    /// Something that is done with another machine failed.
    Speak,
    /// Something failed that is only done with other machines.
    Remote,
    /// A part of what was received is not of the protocol, if it was received.
    Malformed,
    /// A connection was awaited from a pool.
    Pool,
}

const fn note(pattern: &'static str, says: Says, source: &'static str) -> Rule {
    Rule { pattern, source, says, in_messages: true, is_noun: false, is_joined: false }
}

const fn is(pattern: &'static str, reason: Reason, source: &'static str) -> Rule {
    note(pattern, Says::Is(reason), source)
}

const fn os(pattern: &'static str, os: Os, source: &'static str) -> Rule {
    note(pattern, Says::Os(os), source)
}

const fn of(pattern: &'static str, category: Category, source: &'static str) -> Rule {
    note(pattern, Says::Of(category), source)
}

const fn code(pattern: &'static str, category: Category, source: &'static str) -> Rule {
    joined(note(pattern, Says::Code(category), source))
}

const fn at(pattern: &'static str, stage: Stage, source: &'static str) -> Rule {
    note(pattern, Says::At(stage), source)
}

/// A rule for the text of an error only.
const fn weak(rule: Rule) -> Rule {
    Rule { in_messages: false, ..rule }
}

/// Whole links that clients print word by word, and what the rules say of them: the text
/// of such a link needs no reading.
pub(super) static KNOWN_LINKS: &[(&str, Says)] = &[
    ("client error (Connect)", Says::At(Stage::Connect)),
    ("client error (SendRequest)", Says::At(Stage::Exchange)),
    ("client error (Canceled)", Says::At(Stage::Canceled)),
    ("tcp connect error", Says::At(Stage::Tcp)),
    ("dns error", Says::At(Stage::Lookup)),
    ("error resolving DNS", Says::At(Stage::Lookup)),
    ("connection error", Says::At(Stage::Request)),
    ("request or response body error", Says::At(Stage::Body)),
    ("error reading a body from connection", Says::At(Stage::Body)),
    ("connection closed before message completed", Says::Is(Reason::ConnectionClosed)),
    ("deadline has elapsed", Says::OwnTimer),
    ("operation timed out", Says::Timer),
];

/// What begins a link that goes on with a URL and `)` and ends there, and what it says.
pub(super) static KNOWN_BEFORE_URLS: &[(&str, Says)] =
    &[("error sending request for url (", Says::At(Stage::Request))];

/// A rule for words that name a thing, be it that it failed or that it is set or spoken of.
const fn noun(rule: Rule) -> Rule {
    Rule { is_noun: true, ..rule }
}

/// A rule that is found within identifiers, too.
const fn joined(rule: Rule) -> Rule {
    Rule { is_joined: true, ..rule }
}

/// Every table; neither their order nor that within a table matters.
pub(super) static TABLES: &[&[Rule]] = &[
    stages::RULES,
    lookup::RULES,
    system::RULES,
    languages::RULES,
    certificates::RULES,
    databases::RULES,
    clients_http::RULES,
    tls::RULES,
    proxies::RULES,
    ends::RULES,
    limits::RULES,
    protocol::RULES,
    statuses::RULES,
    places::RULES,
    refusals::RULES,
    alarms::RULES,
    talk::RULES,
    harmless::RULES,
];
