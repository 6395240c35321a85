//! [`Key`]: a caller's key and what the key policy makes of it.

use std::borrow::Cow;

use netcause_fault::Limit;

use crate::escape::escape_into;
use crate::secret;

pub(crate) use policy::VOCABULARY;

mod policy;
mod roles;

/// The unit of a number in a key's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds.
    Nanoseconds,
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds, possibly with a fraction.
    Seconds,
    /// None in the name: only a text with a unit of its own (`1.5s`) can be read.
    Unstated,
}

/// What a key means to a record that reports a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Nothing in particular.
    Plain,
    /// `message`.
    Message,
    /// `error`: the event's error, where it is a text.
    Error,
    /// `err`: the same, after `error`.
    Err,
    /// Read, never printed: `otel.name`, `otel.status_code`, `otel.status_description`.
    Hidden,
    /// `otel.kind`; read, never printed.
    SpanKind,
    /// `log.*`, as `tracing-log` adds them; never printed.
    LogMetadata,
    /// `http.route`, `client.address`: only a span that serves a caller carries them.
    ServesCaller,
    /// `server.address`, or a usual name for it (`host`, `peer.host` …).
    ServerAddress,
    /// `server.port`, or a usual name for it.
    ServerPort,
    /// Address and port in one (`addr`, `peer`, `endpoint` …), or a URL's authority.
    ServerAuthority,
    /// `network.peer.address`.
    PeerAddress,
    /// `network.peer.port`.
    PeerPort,
    /// `network.local.address`.
    LocalAddress,
    /// `network.local.port`.
    LocalPort,
    /// `network.transport`.
    Transport,
    /// `network.protocol.name`.
    ProtocolName,
    /// `url.full`, or a usual name for it.
    Url,
    /// `http.request.method`, or a usual name for it.
    HttpMethod,
    /// `http.response.status_code`, or a usual name for it.
    HttpStatus,
    /// Any other key of the peer group.
    PeerGroup,
    /// A limit, of that phase where the name tells it.
    Timeout(Option<Limit>, Unit),
    /// How long it took.
    Elapsed(Unit),
    /// Retries made before this try.
    Attempt,
    /// Retries allowed.
    MaxAttempts,
    /// Whether no further try follows.
    Exhausted,
    /// The pause before the next try.
    NextDelay(Unit),
    /// The pause that the peer asks for.
    RetryAfter(Unit),
}

/// What is asked of a key each time that it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Uses {
    hidden: bool,
    depends_on_fault: bool,
    fact: bool,
    condition: bool,
}

impl Uses {
    fn of(name: &str, role: Role, in_peer_group: bool) -> Self {
        let hidden =
            matches!(role, Role::Hidden | Role::SpanKind | Role::LogMetadata | Role::Message);
        let tells_nothing =
            hidden || matches!(role, Role::Plain | Role::Error | Role::Err | Role::ServesCaller);
        let counts_tries = matches!(
            role,
            Role::Attempt | Role::MaxAttempts | Role::Exhausted | Role::NextDelay(_)
        );
        let states = counts_tries && name.starts_with("retry.") || name == "certificate.days_left";
        let fact = in_peer_group || states || !tells_nothing;
        let tells_of_a_try = counts_tries || matches!(role, Role::Elapsed(_));
        Uses {
            hidden,
            depends_on_fault: in_peer_group || states,
            fact,
            condition: in_peer_group || !tells_nothing && !tells_of_a_try,
        }
    }
}

/// A caller's key: its name in records, and what it means. Decided once per callsite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The name in records: the caller's, or `fields.…` where the caller's is reserved.
    pub name: Cow<'static, str>,
    /// The name in a record that reports a fault, where it differs (`error.*`).
    pub name_on_fault: Option<Cow<'static, str>>,
    /// What the key means.
    pub role: Role,
    /// Whether the key belongs to the peer group under its own name (`server.*`, `network.*`,
    /// `tls.*`, `dns.*`, `url.*`, `http.request.*`, `http.response.*`, `rpc.*`, `db.*`).
    pub in_peer_group: bool,
    /// Whether the name says that the value is a secret.
    pub secret: bool,
    /// One bit of 64, drawn from the name: two keys whose bits differ are different.
    pub bit: u64,
    /// The same of the name in a record that reports a fault.
    pub bit_on_fault: u64,
    uses: Uses,
    /// `,"name":` as it stands in a line.
    prefix: String,
    prefix_on_fault: String,
}

impl Key {
    /// Applies the key policy to a caller's key.
    ///
    /// ```
    /// use netcause_record::{Key, Role};
    ///
    /// assert_eq!(Key::new("order.id").name, "order.id");
    /// assert_eq!(Key::new("severity").name, "fields.severity");
    /// assert_eq!(Key::new("message.x").name, "fields.message_x");
    /// assert_eq!(Key::new("db.host").role, Role::ServerAddress);
    /// assert!(Key::new("user_password").secret);
    /// ```
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        let caller = name.into();
        let renamed = policy::renamed(&caller);
        Key::with_name(caller, renamed)
    }

    /// The key of a record that this library may have written before: one that only it
    /// writes (`target`, `trace_id`, `impact.calls` …) stands.
    ///
    /// ```
    /// use netcause_record::Key;
    ///
    /// assert_eq!(Key::of_record("trace_id").name, "trace_id");
    /// assert_eq!(Key::of_record("trace_id.x").name, "fields.trace_id_x");
    /// ```
    #[must_use]
    pub fn of_record(name: impl Into<Cow<'static, str>>) -> Self {
        let written = name.into();
        let renamed = match VOCABULARY.contains(&&*written) {
            true => None,
            false => policy::renamed(&written),
        };
        Key::with_name(written, renamed)
    }

    fn with_name(caller: Cow<'static, str>, renamed: Option<String>) -> Self {
        let role = roles::role(&caller);
        let secret = secret::is_secret_key(&caller);
        let in_peer_group = renamed.is_none() && policy::in_peer_group(&caller);
        let name_on_fault = match renamed {
            None if caller.starts_with("error.") => Some(policy::under_fields(&caller).into()),
            _ => None,
        };
        let name = renamed.map_or(caller, Cow::Owned);
        let bit = bit_of(&name);
        let bit_on_fault = name_on_fault.as_deref().map_or(bit, bit_of);
        let uses = Uses::of(&name, role, in_peer_group);
        let prefix = prefix_of(&name);
        let prefix_on_fault = name_on_fault.as_deref().map(prefix_of).unwrap_or_default();
        Key {
            name,
            name_on_fault,
            role,
            in_peer_group,
            secret,
            bit,
            bit_on_fault,
            uses,
            prefix,
            prefix_on_fault,
        }
    }

    /// The name in a record that does, or does not, report a fault.
    ///
    /// ```
    /// use netcause_record::Key;
    ///
    /// let key = Key::new("error.code");
    /// assert_eq!(key.name_in(false), "error.code");
    /// assert_eq!(key.name_in(true), "fields.error_code");
    /// ```
    #[must_use]
    pub fn name_in(&self, fault: bool) -> &str {
        self.name_on_fault.as_ref().filter(|_| fault).unwrap_or(&self.name)
    }

    /// `,"name":` with that name.
    pub(crate) fn prefix_in(&self, fault: bool) -> &str {
        if fault && self.name_on_fault.is_some() { &self.prefix_on_fault } else { &self.prefix }
    }

    /// The bit of that name.
    #[must_use]
    pub fn bit_in(&self, fault: bool) -> u64 {
        if fault { self.bit_on_fault } else { self.bit }
    }

    /// Whether both keys are written under one name.
    #[must_use]
    pub fn is_same_in(&self, fault: bool, other: &Key) -> bool {
        self.bit_in(fault) == other.bit_in(fault) && self.name_in(fault) == other.name_in(fault)
    }

    /// Whether a field of that key is never written.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.uses.hidden
    }

    /// Whether it depends on an event's fault if a span's field of that key is written.
    #[must_use]
    pub fn depends_on_fault(&self) -> bool {
        self.uses.depends_on_fault
    }

    /// Whether a field of that key tells a fault something.
    #[must_use]
    pub fn is_fact(&self) -> bool {
        self.uses.fact
    }

    /// Whether it tells something else than how long a try took and which one it was.
    pub(crate) fn is_condition(&self) -> bool {
        self.uses.condition
    }

    /// Whether a field of that key names a peer, under its own or a usual name.
    #[must_use]
    pub fn names_peer(&self) -> bool {
        matches!(
            self.role,
            Role::ServerAddress | Role::ServerAuthority | Role::PeerAddress | Role::Url
        )
    }

    /// Whether a field of that key tells anything of a peer.
    #[must_use]
    pub fn tells_peer(&self) -> bool {
        self.in_peer_group || self.names_peer()
    }
}

fn prefix_of(name: &str) -> String {
    let mut prefix = String::with_capacity(name.len() + 4);
    prefix.push_str(",\"");
    escape_into(name, &mut prefix);
    prefix.push_str("\":");
    prefix
}

/// The bit of [`Key::bit`] for a name.
#[must_use]
pub fn bit_of(name: &str) -> u64 {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    1 << (hash >> 58)
}

#[cfg(test)]
mod tests;
