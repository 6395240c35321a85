//! Precedence and the peer rule: from what was logged to what is written.
//!
//! A fault is first completed from the fields around it ([`complete`]), then the fields
//! are chosen ([`select`]). On an event that reports a fault the peer group is taken
//! whole from one source: the fault's own facts, else the event's own fields, else the
//! innermost span that calls a peer. A span that serves a caller ends the search: its
//! `server.address` is our own listener.

use std::borrow::Cow;

use netcause_fault::{Fault, Peer, Reason, Request};
use smallvec::SmallVec;

use crate::read;
use crate::tries::{complete_elapsed, complete_limit, complete_pause, complete_tries};
use crate::{Field, Key, Role};

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
    pub(crate) fn calls(&self) -> impl Iterator<Item = (usize, &'s [Field<'a>])> + use<'a, 's> {
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
    pub(crate) fn first<T>(&self, mut read: impl FnMut(&Field<'a>) -> Option<T>) -> Option<T> {
        let mut spans = self.calls().map(|(_, fields)| fields);
        self.event
            .iter()
            .find_map(&mut read)
            .or_else(|| spans.find_map(|fields| fields.iter().find_map(&mut read)))
    }
}

impl<'a, 's> Sources<'a, 's> {
    /// The fields that [`complete`] takes anything from or rests on, each with the number of
    /// its source: all but those of the tries and of the time, which differ from one try to
    /// the next.
    pub fn conditions(&self) -> impl Iterator<Item = (usize, &'s Field<'a>)> + use<'a, 's> {
        let event = self.event.iter().map(|field| (0, field));
        let calls = self.calls();
        let spans = calls.flat_map(|(index, fields)| fields.iter().map(move |it| (index + 1, it)));
        event.chain(spans).filter(|(_, field)| field.key.is_condition())
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
    complete_tries(&mut fault.attempts, sources);
    complete_elapsed(&mut fault.elapsed, sources);
    complete_limit(fault, sources);
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
    let fills = |role| {
        use Role::{HttpMethod, HttpStatus, ProtocolName, Transport, Url};
        matches!(role, HttpMethod | Url | HttpStatus | ProtocolName | Transport)
    };
    if !fields.iter().any(|field| fills(field.key.role)) {
        return;
    }
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

/// Chooses the caller's fields beside a fault: unique names, the event's before the
/// innermost span's, none that the record writes itself, and of the peer group only those
/// of the fault's source.
///
/// Of the spans' fields only those that [`Key::depends_on_fault`] names are looked at; the
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
        for field in span.fields.iter().filter(|field| field.key.depends_on_fault()) {
            if writable(field, fault, peer_source == PeerSource::Span(index)) {
                add(field, true, selected);
            }
        }
    }
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
    if field.key.is_hidden() {
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
