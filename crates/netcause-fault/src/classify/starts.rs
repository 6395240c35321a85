//! [`Starts`]: how a number of words begin.

/// The two letters that each of some words begins with: one look tells of most places of a
/// text that none of the words stands there.
#[derive(Debug)]
pub(super) struct Starts {
    /// For each first letter, one bit for each that follows.
    seconds: [u32; 32],
}

impl Starts {
    /// Of no words.
    pub(super) const fn none() -> Self {
        Starts { seconds: [0; 32] }
    }

    /// With one more word, of which two letters are known.
    pub(super) const fn with(mut self, first: u8, second: u8) -> Self {
        self.seconds[(first % 32) as usize] |= bit(second);
        self
    }

    /// Whether one of the words may begin with these letters, whatever their case.
    pub(super) fn may_be(&self, first: u8, second: u8) -> bool {
        self.seconds[usize::from(first % 32)] & bit(second) != 0
    }
}

/// One bit for a letter, whatever its case.
const fn bit(byte: u8) -> u32 {
    1 << (byte % 32)
}
