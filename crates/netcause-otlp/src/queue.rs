//! [`Queue`]: what waits to be sent, bounded in bytes and in records.
//!
//! Records lie one after the other in chunks, so that the caller of an event copies bytes
//! and allocates nothing once there are spare chunks, and a batch is taken chunk by chunk.

use std::collections::VecDeque;

/// A chunk is closed once it holds so many bytes.
const CHUNK: usize = 64 * 1024;

/// How many chunks that were sent are kept to be filled again.
const SPARES: usize = 8;

/// Into how many chunks a whole batch falls.
const CHUNKS_OF_A_BATCH: usize = 8;

/// The head of an item: the lengths of its scope's name and of itself.
const HEAD: usize = 8;

/// Items one after the other: lengths, the name of the scope, the message.
#[derive(Debug, Default)]
struct Chunk {
    bytes: Vec<u8>,
    /// Where the first item begins; those before it were dropped.
    start: usize,
    records: usize,
}

impl Chunk {
    fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    fn drop_first(&mut self) -> usize {
        let rest = self.bytes.get(self.start..).unwrap_or_default();
        let length =
            split(rest).map_or(rest.len(), |(_, _, rest_after)| rest.len() - rest_after.len());
        self.start += length;
        self.records = self.records.saturating_sub(1);
        length
    }
}

/// The scope's name and the message of the first item, and what follows.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (name_len, rest) = bytes.split_first_chunk::<4>()?;
    let (item_len, rest) = rest.split_first_chunk::<4>()?;
    let (name, rest) = rest.split_at_checked(u32::from_le_bytes(*name_len) as usize)?;
    let (item, rest) = rest.split_at_checked(u32::from_le_bytes(*item_len) as usize)?;
    Some((name, item, rest))
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
        HEAD + name.len() + item.len() > self.bounds.bytes
    }

    /// Whether there is room for one more.
    pub(crate) fn has_room(&self, name: &str, item: &[u8]) -> bool {
        self.records < self.bounds.records
            && self.bytes + HEAD + name.len() + item.len() <= self.bounds.bytes
    }

    /// Appends an item, whether there is room or not.
    pub(crate) fn push(&mut self, name: &str, item: &[u8]) {
        let length = HEAD + name.len() + item.len();
        self.open(length);
        let Some(chunk) = self.chunks.back_mut() else { return };
        let bytes = &mut chunk.bytes;
        bytes.extend_from_slice(&(name.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&(item.len() as u32).to_le_bytes());
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(item);
        chunk.records += 1;
        self.records += 1;
        self.bytes += length;
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

    /// The items, each with the name of its scope.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.chunks.iter().flat_map(|chunk| {
            let mut rest = chunk.bytes.get(chunk.start..).unwrap_or_default();
            std::iter::from_fn(move || {
                let (name, item, after) = split(rest)?;
                rest = after;
                Some((std::str::from_utf8(name).unwrap_or_default(), item))
            })
        })
    }

    /// Appends an item.
    pub(crate) fn push(&mut self, name: &str, item: &[u8]) {
        let mut chunk = Chunk { records: 1, ..Chunk::default() };
        chunk.bytes.extend_from_slice(&(name.len() as u32).to_le_bytes());
        chunk.bytes.extend_from_slice(&(item.len() as u32).to_le_bytes());
        chunk.bytes.extend_from_slice(name.as_bytes());
        chunk.bytes.extend_from_slice(item);
        self.records += 1;
        self.chunks.push(chunk);
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
