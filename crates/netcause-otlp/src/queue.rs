//! [`Queue`]: what waits to be sent, bounded in bytes and in records.
//!
//! Records lie one after the other in chunks, as they will stand in a request, so that the
//! caller of an event copies bytes and allocates nothing once there are spare chunks, a
//! batch is taken chunk by chunk, and those of one scope go into a request in one copy.

use std::collections::VecDeque;

use crate::encode::request::push_item;
use crate::encode::wire::{Fields, Value, field_len};

/// A chunk is closed once it holds so many bytes.
const CHUNK: usize = 64 * 1024;

/// How many chunks that were sent are kept to be filled again: those of two batches, one on
/// its way and one that grows.
const SPARES: usize = 32;

/// Into how many chunks a whole batch falls.
const CHUNKS_OF_A_BATCH: usize = 8;

/// The head of a run: the lengths of its scope's name and of its items.
const HEAD: usize = 8;

/// Runs of items of one scope: lengths, the name of the scope, the items.
#[derive(Debug, Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// Where the first run begins; those before it were dropped.
    start: usize,
    /// How many bytes of its items were dropped.
    dropped: usize,
    /// Where the last run begins.
    last: usize,
    records: usize,
}

impl Chunk {
    fn len(&self) -> usize {
        self.bytes.len() - self.start - self.dropped
    }

    /// Appends an item; says how many bytes that took.
    fn push(&mut self, name: &str, item: &[u8]) -> usize {
        let before = self.bytes.len();
        if !self.lengthen(name, field_len(item.len())) {
            self.last = before;
            self.bytes.extend_from_slice(&(name.len() as u32).to_le_bytes());
            self.bytes.extend_from_slice(&(field_len(item.len()) as u32).to_le_bytes());
            self.bytes.extend_from_slice(name.as_bytes());
        }
        push_item(item, &mut self.bytes);
        self.records += 1;
        self.bytes.len() - before
    }

    /// Makes the last run so much longer, if there is one and it is of that scope.
    fn lengthen(&mut self, name: &str, more: usize) -> bool {
        let Some(run) = self.bytes.get_mut(self.last..) else { return false };
        let Some((name_len, run)) = run.split_first_chunk_mut::<4>() else { return false };
        let Some((len, run)) = run.split_first_chunk_mut::<4>() else { return false };
        let is_same = u32::from_le_bytes(*name_len) as usize == name.len()
            && run.starts_with(name.as_bytes());
        if is_same {
            *len = (u32::from_le_bytes(*len) + more as u32).to_le_bytes();
        }
        is_same
    }

    /// The runs, each with the name of its scope.
    fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        let mut rest = self.bytes.get(self.start..).unwrap_or_default();
        let mut dropped = self.dropped;
        std::iter::from_fn(move || {
            let (name, items, after) = split(rest)?;
            rest = after;
            Some((name, items.get(std::mem::take(&mut dropped)..)?))
        })
    }

    fn drop_first(&mut self) -> usize {
        let Some((name, items)) = self.runs().next() else { return 0 };
        let mut rest = Fields(items);
        rest.next();
        let (head, dropped) = (HEAD + name.len(), items.len() - rest.0.len());
        let is_last = rest.0.is_empty();
        let before = self.len();
        self.dropped += dropped;
        self.records = self.records.saturating_sub(1);
        if is_last {
            self.start += head + std::mem::take(&mut self.dropped);
        }
        before - self.len()
    }
}

/// The name of a scope, and items of it as fields of a message.
pub(crate) type Run<'a> = (&'a [u8], &'a [u8]);

/// The scope's name and the items of the first run, and what follows.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (name_len, rest) = bytes.split_first_chunk::<4>()?;
    let (items_len, rest) = rest.split_first_chunk::<4>()?;
    let (name, rest) = rest.split_at_checked(u32::from_le_bytes(*name_len) as usize)?;
    let (items, rest) = rest.split_at_checked(u32::from_le_bytes(*items_len) as usize)?;
    Some((name, items, rest))
}

/// The most bytes that an item takes.
fn most(name: &str, item: &[u8]) -> usize {
    HEAD + name.len() + field_len(item.len())
}

/// How much may wait, and how much is sent at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// The most bytes that wait.
    pub(crate) bytes: usize,
    /// The most records that wait.
    pub(crate) records: usize,
    /// The most records of a batch.
    pub(crate) batch_records: usize,
    /// A batch is taken no further once it holds so many bytes.
    pub(crate) batch_bytes: usize,
}

/// What waits.
#[derive(Debug)]
pub(crate) struct Queue {
    chunks: VecDeque<Chunk>,
    spares: Vec<Vec<u8>>,
    bounds: Bounds,
    bytes: usize,
    records: usize,
}

impl Queue {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Queue { chunks: VecDeque::new(), spares: Vec::new(), bounds, bytes: 0, records: 0 }
    }

    /// How many records wait.
    pub(crate) fn len(&self) -> usize {
        self.records
    }

    /// Whether a whole batch waits.
    pub(crate) fn has_batch(&self) -> bool {
        self.records >= self.bounds.batch_records || self.bytes >= self.bounds.batch_bytes
    }

    /// Whether an item of that size can never be taken.
    pub(crate) fn is_too_large(&self, name: &str, item: &[u8]) -> bool {
        most(name, item) > self.bounds.bytes
    }

    /// Whether there is room for one more.
    pub(crate) fn has_room(&self, name: &str, item: &[u8]) -> bool {
        self.records < self.bounds.records && self.bytes + most(name, item) <= self.bounds.bytes
    }

    /// Appends an item, whether there is room or not.
    pub(crate) fn push(&mut self, name: &str, item: &[u8]) {
        self.open(most(name, item));
        let Some(chunk) = self.chunks.back_mut() else { return };
        self.bytes += chunk.push(name, item);
        self.records += 1;
    }

    /// Sees that the last chunk takes so many bytes.
    fn open(&mut self, length: usize) {
        let records = self.bounds.batch_records.div_ceil(CHUNKS_OF_A_BATCH);
        let takes = |chunk: &Chunk| chunk.records < records && chunk.bytes.len() + length <= CHUNK;
        if self.chunks.back().is_some_and(takes) {
            return;
        }
        let mut bytes = self.spares.pop().unwrap_or_default();
        bytes.reserve(length);
        self.chunks.push_back(Chunk { bytes, ..Chunk::default() });
    }

    /// Drops the oldest item.
    pub(crate) fn drop_oldest(&mut self) -> bool {
        let Some(chunk) = self.chunks.front_mut() else { return false };
        self.bytes -= chunk.drop_first();
        self.records -= 1;
        if chunk.records == 0
            && let Some(chunk) = self.chunks.pop_front()
        {
            self.keep(chunk.bytes);
        }
        true
    }

    /// Takes the oldest items: at least a chunk, at most a batch.
    pub(crate) fn take(&mut self) -> Option<Batch> {
        let mut batch = Batch::default();
        while let Some(chunk) = self.chunks.front() {
            let is_first = batch.records == 0;
            let too_many = batch.records + chunk.records > self.bounds.batch_records;
            let too_large = batch.len().saturating_add(chunk.len()) > self.bounds.batch_bytes;
            if !is_first && (too_many || too_large) {
                break;
            }
            if let Some(chunk) = self.chunks.pop_front() {
                self.bytes -= chunk.len();
                self.records -= chunk.records;
                batch.records += chunk.records;
                batch.chunks.push(chunk);
            }
        }
        (batch.records > 0).then_some(batch)
    }

    /// Takes the chunks of a batch back, to be filled again.
    pub(crate) fn recycle(&mut self, batch: Batch) {
        for chunk in batch.chunks {
            self.keep(chunk.bytes);
        }
    }

    fn keep(&mut self, mut bytes: Vec<u8>) {
        if self.spares.len() < SPARES && bytes.capacity() <= 2 * CHUNK {
            bytes.clear();
            self.spares.push(bytes);
        }
    }
}

/// Items that are sent together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    chunks: Vec<Chunk>,
    records: usize,
}

impl Batch {
    /// How many items.
    pub(crate) fn records(&self) -> usize {
        self.records
    }

    fn len(&self) -> usize {
        self.chunks.iter().map(Chunk::len).sum()
    }

    /// The items, those that follow one another in one scope together.
    pub(crate) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        self.chunks.iter().flat_map(Chunk::runs)
    }

    /// The items, each with the name of its scope.
    fn items(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.runs().flat_map(|(name, items)| {
            let name = std::str::from_utf8(name).unwrap_or_default();
            Fields(items).filter_map(move |(_, value)| match value {
                Value::Bytes(item) => Some((name, item)),
                Value::Number(_) => None,
            })
        })
    }

    /// Appends an item.
    fn push(&mut self, name: &str, item: &[u8]) {
        if self.chunks.is_empty() {
            self.chunks.push(Chunk::default());
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(name, item);
            self.records += 1;
        }
    }

    /// The first half and the second.
    pub(crate) fn halves(&self) -> [Batch; 2] {
        let mut halves = [Batch::default(), Batch::default()];
        let middle = self.records / 2;
        for (index, (name, item)) in self.items().enumerate() {
            let half = usize::from(index >= middle);
            if let Some(half) = halves.get_mut(half) {
                half.push(name, item);
            }
        }
        halves
    }
}

#[cfg(test)]
mod tests;
