//! [`Ledger`]: what this process knows of its peers.

mod announce;
mod failure;
mod history;
mod peer;
mod shard;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use netcause_fault::Fault;

use self::failure::{Failure, is_answer};
pub use self::history::History;
pub use self::peer::Onset;
use self::peer::{Moment, Peer};
use self::shard::Shard;

/// How many peers the ledger of this process knows.
const PEERS: usize = 10_000;

/// The longest name that DNS allows (RFC 1035 §2.3.4); what is longer names no host.
const LONGEST_HOST: usize = 255;

/// Threads that note different peers seldom meet in one of so many.
const SHARDS: usize = 16;

/// How far a call got with its peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reach {
    /// A connection stands.
    Connected,
    /// Its TLS handshake is over.
    Secured,
    /// An answer came, whatever it said.
    Answered,
}

/// What this process knows of its peers: for each host and port, when it was last reached,
/// how often it has failed in a row since, and what its name resolved to.
///
/// It says once through `tracing` when a peer turns bad, by the rule of [`Onset`], and once
/// when it is back. Whoever makes a fault notes it, and nobody after.
///
/// It never grows beyond its size: the peer that is least missed is forgotten, which is one
/// that was not called for long, and is not down.
///
/// # Example: evidence from history
///
/// ```
/// use netcause_fault::{Evidence, Fault, Reason};
/// use netcause_net::{Ledger, Reach};
///
/// let ledger = Ledger::new(100);
/// ledger.reached("db", 5432, Reach::Answered);
///
/// let mut fault = Fault::of_reason(Reason::ConnectRefused);
/// fault.peer.server_address = Some("db".into());
/// fault.peer.server_port = Some(5432);
/// ledger.failed(&mut fault);
/// fault.diagnose();
/// assert!(matches!(fault.evidence[0], Evidence::LastReached(_)));
/// assert_eq!(ledger.history("db", 5432).map(|it| it.failures), Some(1));
/// ```
///
/// # Performance
///
/// A note takes one lock out of sixteen and allocates for a new peer only: see
/// `benches/benches/ledger.rs`.
pub struct Ledger {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
    start: Instant,
    onset: Onset,
}

static OF_PROCESS: LazyLock<Ledger> = LazyLock::new(|| Ledger::new(PEERS));

impl Ledger {
    /// A ledger of that many peers.
    #[must_use]
    pub fn new(peers: usize) -> Self {
        // A quarter more, as peers do not spread evenly over the shards.
        let of_shard = (peers + peers / 4).div_ceil(SHARDS);
        Ledger {
            shards: std::array::from_fn(|_| Mutex::new(Shard::new(of_shard))),
            hasher: RandomState::new(),
            start: Instant::now(),
            onset: Onset::default(),
        }
    }

    /// The ledger of this process, of 10 000 peers.
    #[must_use]
    pub fn global() -> &'static Self {
        &OF_PROCESS
    }

    /// The same with another rule of when a peer has turned bad.
    #[must_use]
    pub fn with_onset(self, onset: Onset) -> Self {
        Ledger { onset, ..self }
    }

    /// Notes that a peer was reached, and how far a call got with it.
    ///
    /// Failures of connecting end with a connection, those of answers only with an answer.
    pub fn reached(&self, host: &str, port: u16, reach: Reach) {
        if let Some(Some(back)) = self.note(host, port, |peer, now| peer.reach(now, reach)) {
            announce::recovery(&normal(host), port, &back);
        }
    }

    /// Notes what a peer's name resolved to.
    pub fn resolved(&self, host: &str, port: u16, answers: &[IpAddr]) {
        self.note(host, port, |peer, _| peer.resolve(answers));
    }

    /// Notes a failure of the peer that a fault names, and adds to the fault what is known
    /// of that peer: call it before [`Fault::diagnose`].
    ///
    /// A failure counts against the peer unless it is no doing of its: a local or cancelled
    /// one does not, and an answer that refuses one request (404, 401, 429) shows that the
    /// peer is there.
    pub fn failed(&self, fault: &mut Fault<'_>) {
        let Some(failure) = Failure::of(fault) else {
            return match is_answer(fault) {
                true => self.answered(fault),
                false => self.add_to(fault),
            };
        };
        let noted = named(fault).and_then(|(host, port)| {
            self.note(host, port, |peer, now| {
                let turned = peer.fail(now, &failure, &self.onset);
                (turned, history::facts(fault, peer, now))
            })
        });
        let Some((turned, facts)) = noted else { return };
        facts.into_iter().for_each(|fact| fault.add_evidence(fact));
        if let (Some(bad), Some((host, port))) = (turned, named(fault)) {
            announce::onset(&normal(host), port, &bad, fault);
        }
    }

    /// Adds to a fault what is known of its peer, as evidence, and notes nothing.
    ///
    /// ```
    /// use netcause_fault::{Fault, Reason};
    ///
    /// let mut fault = Fault::of_reason(Reason::Cancelled);
    /// netcause_net::Ledger::global().add_to(&mut fault);
    /// assert!(fault.evidence.is_empty()); // it names no peer
    /// ```
    pub fn add_to(&self, fault: &mut Fault<'_>) {
        let facts = named(fault).and_then(|(host, port)| {
            self.look(host, port, |peer, now| history::facts(fault, peer, now))
        });
        facts.into_iter().flatten().for_each(|fact| fault.add_evidence(fact));
    }

    /// What is known of a peer, if it was called lately.
    #[must_use]
    pub fn history(&self, host: &str, port: u16) -> Option<History> {
        self.look(host, port, History::of)
    }

    /// How many peers are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    /// Whether no peer is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn answered(&self, fault: &Fault<'_>) {
        if let Some((host, port)) = named(fault) {
            self.reached(host, port, Reach::Answered);
        }
    }

    /// Changes what is known of a peer, which is known from then on.
    fn note<R>(
        &self,
        host: &str,
        port: u16,
        change: impl FnOnce(&mut Peer, Moment) -> R,
    ) -> Option<R> {
        if host.is_empty() || host.len() > LONGEST_HOST {
            return None;
        }
        let (host, now) = (normal(host), self.now());
        let hash = self.hash(&host, port);
        let mut shard = self.shard(hash);
        let peer = shard.get_or_insert(hash, &host, port, now)?;
        Some(change(peer, now))
    }

    fn look<R>(&self, host: &str, port: u16, read: impl FnOnce(&Peer, Moment) -> R) -> Option<R> {
        let (host, now) = (normal(host), self.now());
        let hash = self.hash(&host, port);
        let shard = self.shard(hash);
        shard.get(hash, &host, port).map(|peer| read(peer, now))
    }

    fn hash(&self, host: &str, port: u16) -> u64 {
        self.hasher.hash_one((host, port))
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, Shard> {
        // Bits in the middle: the tables of the shards go by those at both ends.
        let [_, _, _, byte, ..] = hash.to_le_bytes();
        let [first, ..] = &self.shards;
        lock(self.shards.get(usize::from(byte) % SHARDS).unwrap_or(first))
    }

    fn now(&self) -> Moment {
        Moment::after(self.start.elapsed())
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("peers", &self.len())
            .field("onset", &self.onset)
            .finish_non_exhaustive()
    }
}

/// The host and port that a fault names.
fn named<'f>(fault: &'f Fault<'_>) -> Option<(&'f str, u16)> {
    Some((fault.peer.server_address.as_deref()?, fault.peer.server_port?))
}

/// The name under which a host is known: `DB` is `db`, and `[::1]` is `::1`.
fn normal(host: &str) -> Cow<'_, str> {
    let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host = inside.unwrap_or(host);
    match host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(host.to_ascii_lowercase()),
        false => Cow::Borrowed(host),
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}
