//! What the findings of a chain amount to.

use std::borrow::Cow;
use std::ops::Range;

use super::codes::{Code, Dialect};
use super::facts::{Facts, Source};
use super::grpc;
use super::rules::Stage;
use super::scan::{Finding, Reading};
use super::{context, fill};
use crate::errno::Os;
use crate::{Category, Evidence, Fault, Limit, Phase, Reason};

/// The verdict, before any diagnosis.
pub(super) fn of<'a>(text: &'a str, links: &[Range<usize>], facts: &'a Facts) -> Option<Fault<'a>> {
    let mut reading = Reading::of(text, links, facts);
    consider_types(text, &mut reading, facts);
    if reading.harmless || !reading.is_answer() {
        return None;
    }
    let mut outline = match facts.source {
        Source::Line => of_line(text, facts, &mut reading)?,
        _ => outline(text, facts, &reading)?,
    };
    outline.phase = outline.phase.or(reading.phase).or_else(|| phase(&reading));
    if let Some(reason) = through_proxy(&outline, &reading) {
        (outline.reason, outline.phase) = (Some(reason), Some(Phase::Proxy));
    }
    let mut fault = outline.into_fault();
    add_evidence(&mut fault, facts, &reading);
    #[cfg(feature = "h2")]
    facts.http2.into_iter().for_each(|fact| fault.add_evidence(fact.evidence()));
    fill::add_facts(&mut fault, text, facts, &reading);
    Some(fault)
}

/// What happened, in a few words: a fault is large, and is made once all of it is known.
#[derive(Debug, Clone)]
struct Outline<'a> {
    category: Category,
    reason: Option<Reason>,
    code: Option<&'a str>,
    phase: Option<Phase>,
    limit: Option<Limit>,
    status: Option<u16>,
}

impl<'a> Outline<'a> {
    fn new(category: Category) -> Self {
        Outline { category, reason: None, code: None, phase: None, limit: None, status: None }
    }

    fn of_reason(reason: Reason) -> Self {
        Outline { reason: Some(reason), ..Outline::new(reason.category()) }
    }

    fn into_fault(self) -> Fault<'a> {
        let Outline { category, reason, code, phase, limit, status } = self;
        let mut fault = Fault::new(category);
        (fault.reason, fault.phase, fault.limit) = (reason, phase, limit);
        fault.code = code.map(Cow::Borrowed);
        fault.request.status = status;
        fault
    }
}

/// Where something is looked for by a path or a name.
const FINDING: [Stage; 6] = [
    Stage::Tcp,
    Stage::Connect,
    Stage::Trying,
    Stage::FailedConnect,
    Stage::Lookup,
    Stage::Resolving,
];

/// What happened, if a line of a log reports a failure; counts what only such a line tells.
/// Whether it does is asked last: hardly any line has words that could be one.
fn of_line<'a>(line: &'a str, facts: &Facts, reading: &mut Reading<'a>) -> Option<Outline<'a>> {
    let mut happened = if reading.has_something() { outline(line, facts, reading) } else { None };
    if reading.has_doubts() {
        let sure = reading.dismiss_doubts();
        let doubtful = outline(line, facts, reading);
        if doubtful.is_none() && happened.is_none() {
            return None;
        }
        if context::is_alarming(line, reading.alarm) {
            happened = doubtful;
        } else {
            reading.return_to(sure);
        }
    }
    happened.filter(|_| {
        !context::is_frame(line) && !context::is_well(line) && !context::is_policy(line)
    })
}

/// What happened, as far as the findings tell.
fn outline<'a>(text: &str, facts: &Facts, reading: &Reading<'a>) -> Option<Outline<'a>> {
    let code = facts.code.or(reading.number);
    let is_line = facts.source == Source::Line;
    Some(match reading.finding() {
        Some(Finding::Status(status)) => of_status(status),
        Some(Finding::Rpc(code)) => with_code(Outline::new(code.category), code),
        Some(Finding::Is(_)) if reading.is_loose() && is_malformed(text, facts.source, reading) => {
            Outline::of_reason(Reason::InvalidResponse)
        }
        Some(Finding::Is(reason)) => of_reason(reason, reading),
        // A file that is missing is nobody else's affair.
        Some(Finding::Os(Os::NotFound)) if is_line && !reading.at_any(&FINDING) => return None,
        Some(Finding::Os(os)) => {
            of_os(os, code, reading).or_else(|| of_stage(text, facts.source, reading))?
        }
        Some(Finding::Timer(_)) => of_timer(reading),
        Some(Finding::Code(code)) => of_code(code, reading),
        Some(Finding::Of(category)) => match reading.status {
            Some(status) if of_status(status).category == category => of_status(status),
            _ => of_category(category, reading),
        },
        None => of_stage(text, facts.source, reading)?,
    })
}

/// Adds what the types say to what the words say.
fn consider_types<'a>(text: &str, reading: &mut Reading<'a>, facts: &'a Facts) {
    if facts.connect_timer {
        reading.place(Stage::Tcp);
        reading.consider(Finding::Timer(true));
    }
    match (facts.code.and_then(Os::of_this_host), facts.kind) {
        (Some(os), _) => reading.consider(Finding::Os(os)),
        (None, Some(Os::TimedOut)) if reading.is_open() => {
            reading.consider(Finding::Timer(true));
        }
        (None, Some(Os::Pipe)) => reading.consider(Finding::Os(Os::Aborted)),
        (None, Some(os)) if reading.is_open() => reading.consider(Finding::Os(os)),
        _ => {}
    }
    let is_spoken_of = facts.source == Source::Line
        && (reading.at(Stage::Talk) || (reading.at(Stage::Speak) && context::names_address(text)));
    // In capitals it is what a client says of its connection.
    let is_bare_end = facts.source == Source::Line
        && reading.alarm
        && text.contains("EOF")
        && !context::names_document(text);
    let has_peer = reading.has_peer() || is_spoken_of || is_bare_end;
    if (facts.unexpected_eof || reading.ended) && reading.is_open() && has_peer {
        reading.consider(Finding::Is(Reason::ConnectionClosed));
    }
    if let Some(state) = &facts.sql_state {
        reading.take_meaning(Dialect::SqlState, state);
    }
    #[cfg(feature = "rustls")]
    if let Some(tls) = &facts.tls {
        reading.consider(Finding::Is(tls.reason));
    }
    #[cfg(feature = "tonic")]
    if facts.rpc_deadline {
        reading.consider(Finding::Is(Reason::ResponseTimeout));
    }
}

/// The same fault with the protocol's own code, which only an answer has.
fn with_code(outline: Outline<'static>, code: &'static grpc::Code) -> Outline<'static> {
    Outline { code: Some(code.name), phase: Some(Phase::Response), ..outline }
}

/// The fault that a status of HTTP states, not yet diagnosed.
pub(super) fn fault_of_status(status: u16) -> Fault<'static> {
    of_status(status).into_fault()
}

fn of_status(status: u16) -> Outline<'static> {
    let category = match status {
        401 | 403 | 407 => Category::Auth,
        408 | 504 => Category::ResponseTimeout,
        429 => Category::RateLimited,
        503 => Category::Unavailable,
        499 => Category::Cancelled,
        400..500 => Category::HttpClientError,
        _ => Category::HttpServerError,
    };
    let mut outline = Outline::new(category);
    outline.code = Some(status_text(status));
    outline.status = Some(status);
    outline.phase = Some(Phase::Response);
    if status == 407 {
        outline.reason = Some(Reason::ProxyAuthRequired);
    }
    outline
}

/// What the peer answered.
fn of_code<'a>(code: &'static Code, reading: &Reading<'a>) -> Outline<'a> {
    let mut outline = Outline::new(code.category);
    outline.code = Some(reading.code.unwrap_or(code.name()));
    outline.phase = Some(Phase::Response);
    outline
}

/// A kind of failure, and its reason where there is one for "no more is known".
fn of_category(category: Category, reading: &Reading<'_>) -> Outline<'static> {
    let general = match category {
        Category::Dns => Some(Reason::DnsFailure),
        Category::TlsHandshake => Some(Reason::TlsHandshakeFailure),
        Category::Protocol => Some(Reason::InvalidResponse),
        _ => None,
    };
    match general {
        Some(reason) => of_reason(reason, reading),
        None => Outline::new(category),
    }
}

fn of_reason(reason: Reason, reading: &Reading<'_>) -> Outline<'static> {
    let in_body = reading.at_any(&[Stage::Body, Stage::Decode]);
    let reason = match reason {
        Reason::ConnectionClosed if in_body => Reason::BodyTruncated,
        Reason::ConnectionClosed if reading.at(Stage::Tls) => Reason::TlsHandshakeClosed,
        // hyper's word for a request whose connection ended.
        Reason::Cancelled if reading.at(Stage::Canceled) => Reason::ConnectionClosed,
        Reason::ResponseTimeout if in_body => Reason::BodyTimeout,
        // Go says "has expired or is not yet valid", and then which of them.
        Reason::TlsCertificateExpired if reading.at(Stage::Before) => {
            Reason::TlsCertificateNotYetValid
        }
        Reason::TlsCertificateExpired if reading.at(Stage::Either) && !reading.at(Stage::After) => {
            Reason::TlsCertificateInvalid
        }
        other => other,
    };
    let mut outline = Outline::of_reason(reason);
    outline.phase = phase_of(reason);
    if reason == Reason::InvalidResponse && reading.at(Stage::Exchange) {
        outline.phase = Some(Phase::Response);
    }
    outline.limit = match reason {
        Reason::ResponseTimeout => Some(Limit::Response),
        Reason::ConnectTimeout => Some(Limit::Connect),
        _ => None,
    };
    outline
}

/// What the operating system reported, by where it happened. Some numbers say nothing of
/// a connection unless a connection was being made.
fn of_os(os: Os, code: Option<i32>, reading: &Reading<'_>) -> Option<Outline<'static>> {
    let connecting =
        reading.at_any(&[Stage::Tcp, Stage::Connect, Stage::Trying, Stage::FailedConnect]);
    // A soft error that ICMP left on a standing connection, when its timer ran out.
    let established = reading.at_any(&[Stage::Exchange, Stage::Body, Stage::Decode]);
    let reason = match os {
        Os::Refused | Os::HostUnreachable | Os::NetworkUnreachable | Os::TimedOut
            if established =>
        {
            Reason::ConnectionTimeoutEstablished
        }
        Os::Refused => Reason::ConnectRefused,
        Os::HostUnreachable => Reason::HostUnreachable,
        Os::NetworkUnreachable => Reason::NetworkUnreachable,
        Os::TimedOut => return Some(of_timer(reading)),
        // A library's word for an end of input.
        Os::Reset if code.is_none() && reading.at(Stage::Unannounced) => Reason::ConnectionClosed,
        Os::Reset => Reason::ConnectionReset,
        Os::NotConnected if connecting => return None,
        Os::Aborted | Os::NotConnected => Reason::ConnectionClosed,
        // Without a number it is a library's word for an end of input.
        Os::Pipe if code.is_none() => Reason::ConnectionClosed,
        Os::Pipe => Reason::BrokenPipe,
        Os::AddressInUse => Reason::AddressInUse,
        Os::AddressNotAvailable => Reason::AddressNotAvailable,
        Os::OpenFiles => Reason::TooManyOpenFiles,
        Os::Buffers => return Some(Outline::new(Category::LocalResource)),
        Os::Denied if connecting => Reason::ConnectDenied,
        // A blackhole route, or a link-local address without its interface.
        Os::Invalid if connecting => return Some(Outline::new(Category::Unreachable)),
        Os::NotFound if connecting => Reason::SocketPathNotFound,
        Os::WouldBlock if established => return Some(of_timer(reading)),
        Os::Denied | Os::Invalid | Os::NotFound | Os::WouldBlock => return None,
    };
    let mut outline = Outline::of_reason(reason);
    let connects = matches!(outline.category, Category::ConnectRefused | Category::Unreachable);
    if connects && reading.at(Stage::Connect) && !reading.at(Stage::Lookup) {
        outline.phase = Some(Phase::Connect);
    }
    if reason == Reason::BrokenPipe && reading.at(Stage::Exchange) {
        outline.phase = Some(Phase::Request);
    }
    if reason == Reason::ConnectionReset && in_tls(reading) {
        outline.phase = Some(Phase::Tls);
    }
    Some(outline)
}

/// Whether a connection was being made, its TCP part done: hyper-util marks that part.
fn in_tls(reading: &Reading<'_>) -> bool {
    let is_tls = reading.url.is_some_and(|url| url.is_tls());
    is_tls && reading.at(Stage::Connect) && !reading.at_any(&[Stage::Tcp, Stage::Lookup])
}

/// A limit that ran out, by where it happened.
fn of_timer(reading: &Reading<'_>) -> Outline<'static> {
    if reading.at_any(&[Stage::Body, Stage::Decode]) {
        return with_phase(Reason::BodyTimeout, Phase::Body);
    }
    if reading.at(Stage::Pool) {
        return with_phase(Reason::PoolTimeout, Phase::Pool);
    }
    if reading.at_any(&[Stage::Lookup, Stage::Resolving]) {
        return with_phase(Reason::DnsTimeout, Phase::Dns);
    }
    if reading.at(Stage::Tls) {
        return limited(with_phase(Reason::TlsHandshakeTimeout, Phase::Tls), Limit::Tls);
    }
    if reading.at(Stage::Connect) && !reading.at(Stage::Tcp) {
        return of_connector_timer(reading);
    }
    if reading.at(Stage::Response) && !reading.at_any(&[Stage::Tcp, Stage::Trying]) {
        return limited(Outline::of_reason(Reason::ResponseTimeout), Limit::Response);
    }
    if reading.at_any(&[Stage::Tcp, Stage::Trying, Stage::FailedConnect]) {
        return limited(with_phase(Reason::ConnectTimeout, Phase::Connect), Limit::Connect);
    }
    Outline::of_reason(Reason::Timeout)
}

/// A limit over the whole of making a connection. Without TLS that is lookup and TCP, and
/// an address needs no lookup; with TLS the handshake may have hung as well.
fn of_connector_timer(reading: &Reading<'_>) -> Outline<'static> {
    let Some(url) = reading.url.filter(|url| url.is_plain_http()) else {
        return limited(Outline::of_reason(Reason::Timeout), Limit::Connect);
    };
    let mut outline = limited(Outline::of_reason(Reason::ConnectTimeout), Limit::Connect);
    if url.host_port.is_some_and(|it| it.needs_no_lookup()) {
        outline.phase = Some(Phase::Connect);
    }
    outline
}

fn with_phase(reason: Reason, phase: Phase) -> Outline<'static> {
    Outline { phase: Some(phase), ..Outline::of_reason(reason) }
}

fn limited(outline: Outline<'static>, limit: Limit) -> Outline<'static> {
    Outline { limit: Some(limit), ..outline }
}

/// A failure of which only the place is known.
fn of_stage(text: &str, source: Source, reading: &Reading<'_>) -> Option<Outline<'static>> {
    if reading.at(Stage::Decode) && reading.has_decode_error() {
        return Some(with_phase(Reason::BodyDecodeError, Phase::Body));
    }
    let stated = [Stage::Tcp, Stage::Connect, Stage::Request, Stage::Exchange, Stage::Body];
    let mut outline = if reading.at(Stage::Lookup) && source != Source::Message {
        Outline::of_reason(Reason::DnsFailure)
    } else if reading.at(Stage::Pool) && source == Source::Line && reading.alarm {
        with_phase(Reason::PoolTimeout, Phase::Pool)
    } else if reading.at(Stage::Canceled)
        || (reading.at(Stage::Exchange) && reading.at(Stage::ChannelClosed))
    {
        Outline::of_reason(Reason::ConnectionClosed)
    } else if source == Source::Line && reading.alarm && reading.at(Stage::Tls) {
        Outline::of_reason(Reason::TlsHandshakeFailure)
    } else if is_malformed(text, source, reading) {
        Outline::of_reason(Reason::InvalidResponse)
    } else if reading.at_any(&stated)
        || reading.at_any(&[Stage::Tunnel, Stage::Decode, Stage::FailedConnect])
    {
        Outline::new(Category::Unknown)
    } else if reading.at(Stage::Retried) {
        Outline::of_reason(Reason::RetriesExhausted)
    } else if source == Source::Line && reading.alarm && is_about_a_peer(text, reading) {
        // Something failed, and it was between two machines.
        Outline::new(Category::Unknown)
    } else {
        return None;
    };
    outline.phase = phase(reading);
    Some(outline)
}

/// Whether something is not of its protocol, and came from another machine.
fn is_malformed(text: &str, source: Source, reading: &Reading<'_>) -> bool {
    source == Source::Line
        && reading.at(Stage::Malformed)
        && (reading.has_peer()
            || reading.at_any(&[Stage::Talk, Stage::Speak, Stage::Remote])
            || context::names_address(text))
}

/// Whether two things tell that another machine is spoken of.
fn is_about_a_peer(text: &str, reading: &Reading<'_>) -> bool {
    if reading.at(Stage::Remote) {
        return !context::says_well(text);
    }
    let marks =
        [reading.at(Stage::Talk), reading.at(Stage::Speak)].into_iter().filter(|it| *it).count();
    (marks == 2 || (marks == 1 && (reading.has_url || context::names_socket(text))))
        && !context::says_well(text)
}

/// A connection that failed on the way to the proxy: the target was not tried.
fn through_proxy(outline: &Outline<'_>, reading: &Reading<'_>) -> Option<Reason> {
    let own = matches!(outline.reason, Some(Reason::ProxyAuthRequired | Reason::ProxyTunnelError));
    (reading.at(Stage::Tunnel) && !own).then_some(Reason::ProxyConnectFailed)
}

/// The phase that the text names; never guessed from an error number.
fn phase(reading: &Reading<'_>) -> Option<Phase> {
    const PHASES: &[(Stage, Phase)] = &[
        (Stage::Tunnel, Phase::Proxy),
        (Stage::Lookup, Phase::Dns),
        (Stage::Tcp, Phase::Connect),
        (Stage::Tls, Phase::Tls),
        (Stage::Body, Phase::Body),
        (Stage::Decode, Phase::Body),
    ];
    PHASES.iter().find(|(stage, _)| reading.at(*stage)).map(|(_, phase)| *phase)
}

/// The phase that a reason has of its own.
fn phase_of(reason: Reason) -> Option<Phase> {
    match reason {
        Reason::ProxyAuthRequired | Reason::ProxyTunnelError => Some(Phase::Proxy),
        Reason::InvalidResponse | Reason::ConnectionClosed => None,
        Reason::BodyTruncated | Reason::BodyTimeout | Reason::BodyDecodeError => Some(Phase::Body),
        Reason::ResponseTimeout | Reason::TooManyRedirects => Some(Phase::Response),
        _ => match reason.category() {
            Category::Dns => Some(Phase::Dns),
            Category::TlsCertificate | Category::TlsHandshake => Some(Phase::Tls),
            Category::PoolExhausted => Some(Phase::Pool),
            _ => None,
        },
    }
}

fn add_evidence(fault: &mut Fault<'_>, facts: &Facts, reading: &Reading<'_>) {
    let is_limit =
        matches!(
            fault.category,
            Category::ConnectTimeout | Category::Timeout | Category::ResponseTimeout
        ) || matches!(fault.reason, Some(Reason::TlsHandshakeTimeout | Reason::DnsTimeout));
    match (reading.finding(), facts.code.or(reading.number)) {
        (Some(Finding::Os(os)), Some(code)) if Os::of_this_host(code) == Some(os) => {
            fault.add_evidence(Evidence::OsError(code));
        }
        (Some(Finding::Timer(own)), None)
            if is_limit && (own || facts.source == Source::Error || reading.has_client_stage()) =>
        {
            fault.add_evidence(Evidence::OwnTimer(fault.limit));
        }
        _ => {}
    }
}

/// The status as text without allocating: `error.type` is the number.
fn status_text(status: u16) -> &'static str {
    STATUS_TEXTS
        .get(usize::from(status.saturating_sub(400)) * 3..)
        .and_then(|rest| rest.get(..3))
        .unwrap_or_default()
}

/// 400 to 599, three digits each.
const STATUS_TEXTS: &str = concat!(
    "400401402403404405406407408409410411412413414415416417418419",
    "420421422423424425426427428429430431432433434435436437438439",
    "440441442443444445446447448449450451452453454455456457458459",
    "460461462463464465466467468469470471472473474475476477478479",
    "480481482483484485486487488489490491492493494495496497498499",
    "500501502503504505506507508509510511512513514515516517518519",
    "520521522523524525526527528529530531532533534535536537538539",
    "540541542543544545546547548549550551552553554555556557558559",
    "560561562563564565566567568569570571572573574575576577578579",
    "580581582583584585586587588589590591592593594595596597598599",
);
