//! Where an anchor may begin, and which patterns it belongs to.

/// How many places are looked at together: as many as a half has bytes, so that the second
/// halves at these places are the first halves at the next ones.
const PLACES: usize = HALF;

/// Places that follow each other, and at which of them an anchor may begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    start: usize,
    /// The groups of each place, the first in the lowest bits.
    groups: u64,
}

/// The bits of one place in [`Block::groups`].
const PLACE_BITS: u32 = u64::BITS / PLACES as u32;

impl Iterator for Block {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.groups == 0 {
            return None;
        }
        let place = self.groups.trailing_zeros() / PLACE_BITS;
        self.groups &= !(u64::from(u16::MAX) << (place * PLACE_BITS));
        Some(self.start + place as usize)
    }
}

/// What [`Table::blocks`] returns.
#[derive(Debug)]
pub(super) struct Blocks<'a> {
    table: &'a Table,
    text: &'a [u8],
    start: usize,
    /// The groups of the halves from `start` on.
    here: u64,
}

impl Blocks<'_> {
    /// Goes on at a place, unless it lies behind.
    pub(super) fn skip_to(&mut self, place: usize) {
        if place > self.start {
            *self = self.table.blocks(self.text, place);
        }
    }
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        let (mut start, mut here) = (self.start, self.here);
        while start < self.text.len() {
            let behind = start + PLACES;
            let groups = self.table.groups(word(self.text, behind));
            let common = here & (groups >> 8) & LOW_BYTES;
            here = groups;
            if common != 0 {
                (self.start, self.here) = (behind, groups);
                return Some(Block { start, groups: common });
            }
            start = behind;
        }
        self.start = start;
        None
    }
}

/// The bytes of a pattern by which it is found: eight, or the first half of them where the
/// pattern is short.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    bytes: u64,
    /// Which bits of `bytes` count.
    mask: u64,
    pattern: u16,
    offset: u8,
}

impl Anchor {
    /// The pattern that it belongs to.
    pub(super) fn pattern(&self) -> usize {
        usize::from(self.pattern)
    }

    /// Where in the pattern it stands.
    pub(super) fn offset(&self) -> usize {
        usize::from(self.offset)
    }
}

/// All anchors.
#[derive(Debug)]
pub(super) struct Table {
    /// For each half, by [`slot`], the groups of anchors that begin with it (low byte) and
    /// the groups of those that end with it (high byte). An anchor may stand only where both
    /// of its halves have a group in common.
    groups: Box<[u16; SLOTS]>,
    /// Where in `anchors` those of a bucket begin.
    buckets: Box<[u16; BUCKETS + 1]>,
    anchors: Vec<Anchor>,
}

const SLOTS: usize = 1 << 14;
const BUCKETS: usize = 1 << 11;

/// The groups that begin with a half, of each place.
const LOW_BYTES: u64 = 0x00ff_00ff_00ff_00ff;

/// The group of the anchors that have one half only: any other may follow.
const HALF_ONLY: u16 = 1 << 7;
const FULL_GROUPS: u32 = 7;

const HALF: usize = 4;
const FULL: usize = 2 * HALF;

/// Makes small letters of capitals, and other bytes of others, alike in text and pattern.
const FOLD: u64 = 0x2020_2020_2020_2020;

impl Table {
    /// The anchors of patterns in small letters, each of three bytes or more.
    pub(super) fn new<'a>(patterns: impl Iterator<Item = &'a [u8]> + Clone) -> Self {
        let mut users = Box::new([0_u32; SLOTS]);
        for half in patterns.clone().flat_map(|pattern| pattern.windows(HALF)) {
            users[slot(first(word(half, 0)))] += 1;
        }
        let users = |half: u32| users[slot(half)];
        let mut anchors = Vec::new();
        for (pattern, number) in patterns.zip(0..=u16::MAX) {
            add(&mut anchors, pattern, number, users);
        }
        anchors.sort_by_key(|anchor| bucket(anchor.bytes));
        Table { groups: groups(&anchors), buckets: buckets(&anchors), anchors }
    }

    /// The places of a text, from one on, at which an anchor may begin.
    pub(super) fn blocks<'a>(&'a self, text: &'a [u8], from: usize) -> Blocks<'a> {
        Blocks { here: self.groups(word(text, from)), table: self, text, start: from }
    }

    /// The groups of the first four halves of a word.
    fn groups(&self, word: u64) -> u64 {
        let groups = |place: u32| {
            let groups = self.groups[slot((word >> (8 * place)) as u32)];
            u64::from(groups) << (place * PLACE_BITS)
        };
        groups(0) | groups(1) | groups(2) | groups(3)
    }

    /// The anchors that a word begins with, in the order of their patterns.
    pub(super) fn anchors(&self, word: u64) -> impl Iterator<Item = &Anchor> {
        let at = bucket(word);
        let bound = |at: usize| self.buckets.get(at).map_or(0, |bound| usize::from(*bound));
        let anchors = self.anchors.get(bound(at)..bound(at + 1)).unwrap_or_default();
        anchors.iter().filter(move |anchor| (word ^ anchor.bytes) & anchor.mask == 0)
    }

    /// How many anchors share the bucket of a word.
    #[cfg(test)]
    pub(super) fn bucket_size(&self, word: u64) -> usize {
        let at = bucket(word);
        usize::from(self.buckets[at + 1] - self.buckets[at])
    }
}

/// Chooses the anchor of a pattern: what the fewest other patterns have.
fn add(anchors: &mut Vec<Anchor>, pattern: &[u8], number: u16, users: impl Fn(u32) -> u32) {
    let length = if pattern.len() < FULL { pattern.len().min(HALF) } else { FULL };
    // The first half counts more: it alone chooses the bucket.
    let cost = |offset: &usize| {
        let word = word(pattern, *offset);
        let second = if length == FULL { users(second(word)) } else { 0 };
        4 * users(first(word)) + second
    };
    let offset = (0..=pattern.len() - length).min_by_key(cost).unwrap_or_default();
    let bytes = word(pattern, offset);
    let mask = u64::MAX >> (64 - 8 * length);
    let offset = u8::try_from(offset).unwrap_or_default();
    if length >= HALF {
        anchors.push(Anchor { bytes, mask, pattern: number, offset });
        return;
    }
    for last in 0..=LAST {
        let bytes = bytes & mask | last << (8 * length);
        anchors.push(Anchor { bytes, mask, pattern: number, offset });
    }
}

fn groups(anchors: &[Anchor]) -> Box<[u16; SLOTS]> {
    let mut groups = Box::new([HALF_ONLY << 8; SLOTS]);
    for anchor in anchors {
        let (first, second) = (first(anchor.bytes), second(anchor.bytes));
        if anchor.mask == u64::MAX {
            let group = 1 << (mix(first) % FULL_GROUPS);
            groups[slot(first)] |= group;
            groups[slot(second)] |= group << 8;
        } else {
            groups[slot(first)] |= HALF_ONLY;
        }
    }
    groups
}

fn buckets(anchors: &[Anchor]) -> Box<[u16; BUCKETS + 1]> {
    let mut buckets = Box::new([0; BUCKETS + 1]);
    for anchor in anchors {
        buckets[bucket(anchor.bytes) + 1] += 1;
    }
    let mut end = 0;
    for bound in buckets.iter_mut() {
        end += *bound;
        *bound = end;
    }
    buckets
}

fn first(word: u64) -> u32 {
    word as u32
}

fn second(word: u64) -> u32 {
    (word >> (8 * HALF)) as u32
}

/// The place of a half in [`Table::groups`].
fn slot(half: u32) -> usize {
    (mix(half) >> (32 - SLOTS.ilog2())) as usize
}

/// The place of a word in [`Table::buckets`].
fn bucket(word: u64) -> usize {
    (mix(first(word)) >> (32 - BUCKETS.ilog2())) as usize
}

/// Fibonacci hashing: the upper bits depend on the bits below. The factor shifts out all of
/// the last byte but its lower half, so that a pattern of three bytes, which any byte may
/// follow, has few halves.
fn mix(half: u32) -> u32 {
    half.wrapping_mul(0x9e37_79b1 << 4)
}

/// What of a half's last byte counts.
const LAST: u64 = 0x0f;

/// Eight bytes of a text from a place on, folded; blanks stand for what is beyond its end.
pub(super) fn word(text: &[u8], place: usize) -> u64 {
    whole_word(text, place).unwrap_or_else(|| last_word(text, place))
}

/// The same, where so many bytes follow.
fn whole_word(text: &[u8], place: usize) -> Option<u64> {
    let bytes = text.get(place..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes) | FOLD)
}

/// The same, where fewer bytes follow: so seldom that it is called, and stands in no loop.
#[cold]
fn last_word(text: &[u8], place: usize) -> u64 {
    let rest = text.get(place..).unwrap_or_default();
    let word = match text.last_chunk() {
        Some(last) => {
            let missing = 8 * (FULL - rest.len()) as u32;
            u64::from_le_bytes(*last).checked_shr(missing).unwrap_or_default()
        }
        None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    word | FOLD
}
