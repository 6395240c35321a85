//! One part of the ledger, behind a lock of its own.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::peer::{Moment, Peer};

/// Among so many peers the one to be forgotten is chosen.
const CANDIDATES: usize = 16;

/// Peers by the hash of host and port.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Shard {
    places: HashMap<u64, usize, BuildHasherDefault<Hashed>>,
    peers: Vec<Peer>,
    most: usize,
    /// Where the next candidates begin.
    hand: usize,
    /// Whether a peer that had been reached was forgotten.
    has_forgotten: bool,
}

impl Shard {
    pub(super) fn new(most: usize) -> Self {
        let (places, peers) = (HashMap::default(), Vec::new());
        Shard { places, peers, most, hand: 0, has_forgotten: false }
    }

    pub(super) fn len(&self) -> usize {
        self.peers.len()
    }

    pub(super) fn get(&self, hash: u64, host: &str, port: u16) -> Option<&Peer> {
        let place = *self.places.get(&hash)?;
        self.peers.get(place).filter(|peer| peer.is(host, port))
    }

    /// The peer, as of now; a new one takes the place of another where there is no more room.
    pub(super) fn get_or_insert(
        &mut self,
        hash: u64,
        host: &str,
        port: u16,
        now: Moment,
    ) -> Option<&mut Peer> {
        let place = match self.places.get(&hash) {
            Some(place) => *place,
            None => self.free_place(),
        };
        let is_known = self.peers.get(place).is_some_and(|peer| peer.is(host, port));
        if !is_known {
            self.put(place, Peer::new(hash, host, port, now, !self.has_forgotten));
        }
        let peer = self.peers.get_mut(place)?;
        peer.used = now;
        Some(peer)
    }

    /// Puts a peer where another one is, or at the end.
    fn put(&mut self, place: usize, peer: Peer) {
        let hash = peer.hash;
        if let Some(old) = self.peers.get_mut(place) {
            let old = std::mem::replace(old, peer);
            self.places.remove(&old.hash);
            self.has_forgotten |= old.connected.is_some() || old.answered.is_some();
        } else {
            self.peers.push(peer);
        }
        self.places.insert(hash, place);
    }

    /// The end, else the place of the peer that is least missed: one that is not down, and
    /// of those the one that was not called for longest.
    fn free_place(&mut self) -> usize {
        let length = self.peers.len();
        if length < self.most {
            return length;
        }
        let from = std::mem::take(&mut self.hand);
        let candidates = self.peers.iter().enumerate().skip(from).take(CANDIDATES);
        self.hand = if from + CANDIDATES < length { from + CANDIDATES } else { 0 };
        let least = candidates.min_by_key(|(_, peer)| (peer.is_bad(), peer.used));
        least.map_or(0, |(place, _)| place)
    }
}

/// Takes a hash as it is.
#[derive(Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
