//! Precedence and the peer rule: from what was logged to what is written.
//!
//! A fault is first completed from the fields around it ([`complete`]), then the fields
//! are chosen ([`select`]). On an event that reports a fault the peer group is taken
//! whole from one source: the fault's own facts, else the event's own fields, else the
//! innermost span that calls a peer. A span that serves a caller ends the search: its
//! `server.address` is our own listener.

use std::borrow::Cow;
use std::time::Duration;

use netcause_fault::{Category, Evidence, Fault, Limit, Peer, Reason, Request};
use smallvec::SmallVec;

use crate::read;
use crate::{Field, Key, Role, Unit, Value};

/// The chosen fields; more than these are kept on the heap.
pub type Selected<'a> = SmallVec<[Field<'a>; 24]>;

/// The fields of one span.
#[derive(Debug, Clone, Copy)]
pub struct SpanFields<'a, 's> {
    /// Its fields.
    pub fields: &'s [Field<'a>],
    /// Whether the span serves a caller (`otel.kind` is `server` or `consumer`, or it
    /// carries `http.route` or `client.address`).
    pub serves_caller: bool,
}

/// What was logged: the event's own fields, and its spans' from the innermost outward.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a, 's> {
    /// The event's own fields.
    pub event: &'s [Field<'a>],
    /// The spans around it, innermost first.
    pub spans: &'s [SpanFields<'a, 's>],
}

/// Where the peer group of a fault comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerSource {
    /// No source names anything of it.
    Nowhere,
    /// The fault's own facts.
    Fault,
    /// The event's own fields.
    Event,
    /// The span of that index.
    Span(usize),
}

impl<'a, 's> Sources<'a, 's> {
    /// The spans between the event and the request that it belongs to.
    fn calls(&self) -> impl Iterator<Item = (usize, &'s [Field<'a>])> + use<'a, 's> {
        self.spans.iter().take_while(|span| !span.serves_caller).map(|span| span.fields).enumerate()
    }

    fn fields_of(&self, source: PeerSource) -> &'s [Field<'a>] {
        match source {
            PeerSource::Event => self.event,
            PeerSource::Span(index) => self.spans.get(index).map_or(&[], |span| span.fields),
            PeerSource::Fault | PeerSource::Nowhere => &[],
        }
    }

    /// The host and port that the innermost source of the peer group names.
    #[must_use]
    pub fn named_peer(&self) -> Option<(Cow<'a, str>, Option<u16>)> {
        named_peer(self.fields_of(self.peer_source()))
    }

    /// The innermost source among event and calling spans that carries the peer group.
    #[must_use]
    pub fn peer_source(&self) -> PeerSource {
        if self.event.iter().any(|field| field.key.tells_peer()) {
            return PeerSource::Event;
        }
        self.calls()
            .find(|(_, fields)| fields.iter().any(|field| field.key.tells_peer()))
            .map_or(PeerSource::Nowhere, |(index, _)| PeerSource::Span(index))
    }

    /// The first value under one of the roles: the event's, else the innermost span's.
    fn first<T>(&self, mut read: impl FnMut(&Field<'a>) -> Option<T>) -> Option<T> {
        let mut spans = self.calls().map(|(_, fields)| fields);
        self.event
            .iter()
            .find_map(&mut read)
            .or_else(|| spans.find_map(|fields| fields.iter().find_map(&mut read)))
    }
}

/// Completes a fault from the fields around it and says where its peer comes from.
///
/// The fault's own facts stand; what they lack is taken from the event's own fields,
/// then from the innermost span that has it, never from a span that serves a caller.
pub fn complete<'a>(fault: &mut Fault<'a>, sources: &Sources<'a, '_>) -> PeerSource {
    let around = sources.peer_source();
    let source = if fault.peer.is_empty() {
        fill(fault, sources.fields_of(around));
        around
    } else {
        agree(fault, sources.fields_of(around));
        PeerSource::Fault
    };
    complete_attempts(fault, sources);
    complete_times(fault, sources);
    complete_pause(fault, sources);
    source
}

/// Takes the peer and what was asked of it from one source; the fault's own facts stand.
fn fill<'a>(fault: &mut Fault<'a>, fields: &[Field<'a>]) {
    if matches!(fault.reason, Some(Reason::AddressInUse)) {
        // The address beside it is our own.
        return;
    }
    let (mut peer, mut request) = <(Peer<'_>, Request<'_>)>::default();
    read::peer(&mut peer, &mut request, fields);
    peer.server_port = fault.peer.server_port.or(peer.server_port);
    peer.peer_port = fault.peer.peer_port.or(peer.peer_port);
    fault.peer = peer;
    fault.request.method = fault.request.method.take().or(request.method);
    fault.request.url = fault.request.url.take().or(request.url);
    fault.request.status = fault.request.status.or(request.status);
}

/// Fills gaps from a source that names the very same host and port.
fn agree<'a>(fault: &mut Fault<'a>, fields: &[Field<'a>]) {
    let (mut peer, mut request) = Default::default();
    read::peer(&mut peer, &mut request, fields);
    let same = fault.peer.server_address.is_some()
        && fault.peer.server_address == peer.server_address
        && fault.peer.server_port == peer.server_port;
    if same {
        fault.request.method = fault.request.method.take().or(request.method);
        fault.request.url = fault.request.url.take().or(request.url);
        fault.request.status = fault.request.status.or(request.status);
        fault.peer.protocol = fault.peer.protocol.take().or(peer.protocol);
        fault.peer.transport = fault.peer.transport.take().or(peer.transport);
    }
}

fn complete_attempts<'a>(fault: &mut Fault<'a>, sources: &Sources<'a, '_>) {
    let attempts = &mut fault.attempts;
    if attempts.attempt.is_none() && attempts.max_attempts.is_none() {
        (attempts.attempt, attempts.max_attempts) = counted_tries(sources);
    }
    attempts.exhausted = attempts.exhausted.or_else(|| {
        sources.first(|field| match (field.key.role, field.value) {
            (Role::Exhausted, Value::Bool(exhausted)) => Some(exhausted),
            _ => None,
        })
    });
    if attempts.exhausted == Some(true) {
        // No pause leads to a try that does not come.
        attempts.next_delay = None;
        return;
    }
    attempts.next_delay = attempts.next_delay.or_else(|| {
        sources.event.iter().find_map(|field| match field.key.role {
            Role::NextDelay(unit) => read::duration(field.value, unit),
            _ => None,
        })
    });
}

/// Tries made and allowed. A source that counts tries of its own, around the one whose
/// count is taken, is another loop, and so is its limit.
fn counted_tries(sources: &Sources<'_, '_>) -> (Option<u32>, Option<u32>) {
    let count = |fields: &[Field<'_>], role: Role| {
        fields
            .iter()
            .filter(|field| field.key.role == role)
            .find_map(|field| read::count(field.value))
    };
    let (mut attempt, mut max_attempts) = (None, None);
    for fields in std::iter::once(sources.event).chain(sources.calls().map(|(_, fields)| fields)) {
        let made = count(fields, Role::Attempt);
        if attempt.is_some() && made.is_some() {
            break;
        }
        attempt = attempt.or(made);
        max_attempts = max_attempts.or_else(|| count(fields, Role::MaxAttempts));
        if max_attempts.is_some() && attempt.is_some() {
            break;
        }
    }
    (attempt, max_attempts)
}

/// The pause that the peer asks for; a bare number is seconds (RFC 9110 §10.2.3).
fn complete_pause<'a>(fault: &mut Fault<'a>, sources: &Sources<'a, '_>) {
    let pause = sources.event.iter().find_map(|field| match field.key.role {
        Role::RetryAfter(Unit::Unstated) => read::duration(field.value, Unit::Seconds),
        Role::RetryAfter(unit) => read::duration(field.value, unit),
        _ => None,
    });
    if let Some(pause) = pause {
        fault.add_evidence(Evidence::RetryAfter(pause));
    }
}

/// Elapsed time and the limit that ran out, if one did.
fn complete_times<'a>(fault: &mut Fault<'a>, sources: &Sources<'a, '_>) {
    fault.elapsed = fault.elapsed.or_else(|| {
        sources.event.iter().find_map(|field| match field.key.role {
            Role::Elapsed(unit) => read::duration(field.value, unit),
            _ => None,
        })
    });
    if fault.timeout.is_some() || !own_limit_ran_out(fault) {
        return;
    }
    if let Some((limit, timeout)) = matching_limit(fault, sources) {
        fault.timeout = Some(timeout);
        fault.limit = fault.limit.or(limit);
    }
}

/// Whether a limit of this process ended the call, as far as the fault tells.
fn own_limit_ran_out(fault: &Fault<'_>) -> bool {
    let timed = matches!(
        fault.category,
        Category::ConnectTimeout | Category::ResponseTimeout | Category::Timeout
    ) || matches!(
        fault.reason,
        Some(Reason::TlsHandshakeTimeout | Reason::PoolTimeout | Reason::DnsTimeout)
    );
    let reported = |fact: &Evidence<'_>| matches!(fact, Evidence::OsError(_) | Evidence::Status(_));
    timed && fault.code.is_none() && !fault.evidence.iter().any(reported)
}

/// The limit around the event that fits the fault: the most specific, then the innermost.
fn matching_limit<'a>(
    fault: &Fault<'a>,
    sources: &Sources<'a, '_>,
) -> Option<(Option<Limit>, Duration)> {
    let wanted: &[Option<Limit>] = match (fault.limit, fault.category) {
        (Some(Limit::Total), _) => &[Some(Limit::Total), None],
        (Some(Limit::Connect), _) | (None, Category::ConnectTimeout) => {
            &[Some(Limit::Connect), None]
        }
        (Some(Limit::Tls), _) => &[Some(Limit::Tls), Some(Limit::Connect), None],
        (Some(Limit::Pool), _) | (None, Category::PoolExhausted) => &[Some(Limit::Pool), None],
        (Some(_), _) | (None, Category::ResponseTimeout) => {
            &[Some(Limit::Response), Some(Limit::Total), None]
        }
        (None, Category::TlsHandshake) => &[Some(Limit::Tls), Some(Limit::Connect), None],
        (None, _) => &[Some(Limit::Total), None],
    };
    wanted.iter().find_map(|&wanted| {
        sources.first(|field| match field.key.role {
            Role::Timeout(limit, unit) if limit == wanted => read::duration(field.value, unit)
                .filter(|timeout| may_have_ended(fault.elapsed, *timeout))
                .map(|timeout| (limit, timeout)),
            _ => None,
        })
    })
}

/// Whether a limit can have ended what took so long: one that is well above it cannot.
fn may_have_ended(elapsed: Option<Duration>, timeout: Duration) -> bool {
    elapsed.is_none_or(|elapsed| timeout <= elapsed + elapsed / 4 + Duration::from_millis(20))
}

/// Chooses the caller's fields beside a fault: unique names, the event's before the
/// innermost span's, none that the record writes itself, and of the peer group only those
/// of the fault's source.
///
/// Of the spans' fields only those that [`depends_on_fault`] names are looked at; the
/// others are the same in every record, and `selected` takes them by [`add`].
pub fn select<'a>(
    sources: &Sources<'a, '_>,
    fault: &Fault<'_>,
    peer_source: PeerSource,
    selected: &mut Selected<'a>,
) {
    for field in sources.event {
        if writable(field, fault, peer_source == PeerSource::Event) {
            add(field, true, selected);
        }
    }
    for (index, span) in sources.spans.iter().enumerate() {
        for field in span.fields.iter().filter(|field| depends_on_fault(field.key)) {
            if writable(field, fault, peer_source == PeerSource::Span(index)) {
                add(field, true, selected);
            }
        }
    }
}

/// Whether it depends on an event's fault if a span's field of that key is written.
#[must_use]
pub fn depends_on_fault(key: &Key) -> bool {
    key.in_peer_group || states_retry(key) || states_certificate(key)
}

/// Whether a field of that key is never written.
#[must_use]
pub fn is_hidden(key: &Key) -> bool {
    matches!(key.role, Role::Hidden | Role::SpanKind | Role::LogMetadata | Role::Message)
}

/// Adds a field, unless its name in a record that does, or does not, report a fault is taken.
pub fn add<'a>(field: &Field<'a>, on_fault: bool, selected: &mut Selected<'a>) {
    if !selected.iter().any(|other| other.key.is_same_in(on_fault, field.key)) {
        selected.push(*field);
    }
}

fn states_certificate(key: &Key) -> bool {
    key.name == "certificate.days_left"
}

fn states_retry(key: &Key) -> bool {
    matches!(key.role, Role::Attempt | Role::MaxAttempts | Role::Exhausted | Role::NextDelay(_))
        && key.name.starts_with("retry.")
}

/// Whether a field may be written beside a fault whose peer is, or is not, from its source.
fn writable(field: &Field<'_>, fault: &Fault<'_>, is_peer_source: bool) -> bool {
    if is_hidden(field.key) {
        return false;
    }
    if field.key.in_peer_group {
        return is_peer_source
            && !stated(fault, field.key.role)
            && !stated_by_name(fault, &field.key.name);
    }
    if states_certificate(field.key) {
        return !stated_by_name(fault, &field.key.name);
    }
    !(states_retry(field.key) && stated(fault, field.key.role))
}

/// Whether the fault itself writes a fact of no role under that name.
fn stated_by_name(fault: &Fault<'_>, name: &str) -> bool {
    let Some(certificate) = &fault.certificate else {
        return name == "dns.answers" && !fault.peer.dns_answers.is_empty();
    };
    match name {
        "tls.server.not_after" => certificate.not_after.is_some(),
        "tls.server.subject" => certificate.subject.is_some(),
        "tls.server.issuer" => certificate.issuer.is_some(),
        "certificate.days_left" => certificate.days_left().is_some(),
        "dns.answers" => !fault.peer.dns_answers.is_empty(),
        _ => false,
    }
}

/// Whether the fault itself writes the fact of that role.
fn stated(fault: &Fault<'_>, role: Role) -> bool {
    match role {
        Role::ServerAddress => fault.peer.server_address.is_some(),
        Role::ServerPort => fault.peer.server_port.is_some(),
        Role::PeerAddress => fault.peer.peer_address.is_some(),
        Role::PeerPort => fault.peer.peer_port.is_some(),
        Role::LocalAddress => fault.peer.local_address.is_some(),
        Role::LocalPort => fault.peer.local_port.is_some(),
        Role::Transport => fault.peer.transport.is_some(),
        Role::ProtocolName => fault.peer.protocol.is_some(),
        Role::Url => fault.request.url.is_some(),
        Role::HttpMethod => fault.request.method.is_some(),
        Role::HttpStatus => fault.request.status.is_some(),
        Role::Attempt => fault.attempts.attempt.is_some(),
        Role::MaxAttempts => fault.attempts.max_attempts.is_some(),
        Role::Exhausted => fault.attempts.exhausted.is_some(),
        Role::NextDelay(_) => fault.attempts.next_delay.is_some(),
        _ => false,
    }
}

/// The host and port that a span's or event's fields name, if they do.
#[must_use]
pub fn named_peer<'a>(fields: &[Field<'a>]) -> Option<(Cow<'a, str>, Option<u16>)> {
    let (mut peer, mut request) = Default::default();
    read::peer(&mut peer, &mut request, fields);
    Some((peer.server_address?, peer.server_port))
}
