//! [`Kept`]: attributes that a thread has encoded lately.
//!
//! What fails, fails again, and the events of a span have its fields in common. Attributes
//! that are the same as before are copied, which costs a tenth of encoding them.

/// How many pieces of each kind are kept; a new one takes the place of another.
const PIECES: usize = 16;

/// The longest that is kept, in bytes.
const LONGEST: usize = 2048;

/// What encoded attributes are of. Those under one name are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// What does not differ from one try to the next.
    Facts { number: u64 },
    /// What does.
    Try { number: u64, version: u64 },
    /// The fields of spans, in a record that reports a fault or not, that has an error or not.
    Scope { number: u64, on_fault: bool, of_error: bool },
}

/// Attributes that were encoded lately.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    facts: Vec<Piece>,
    tries: Vec<Piece>,
    scopes: Vec<Piece>,
}

#[derive(Debug, Default, Clone)]
struct Piece {
    name: Option<Name>,
    bytes: Vec<u8>,
    count: u32,
}

impl Kept {
    /// What is kept under a name, and how many attributes that is.
    pub(crate) fn get(&mut self, name: Name) -> Option<(&[u8], u32)> {
        let (pieces, place) = self.place(name);
        let piece = pieces.get(place).filter(|piece| piece.name == Some(name))?;
        Some((&piece.bytes, piece.count))
    }

    /// Keeps so many attributes under a name, unless they are long.
    pub(crate) fn put(&mut self, name: Name, bytes: &[u8], count: u32) {
        if bytes.len() > LONGEST {
            return;
        }
        let (pieces, place) = self.place(name);
        pieces.resize_with(PIECES, Piece::default);
        if let Some(piece) = pieces.get_mut(place) {
            (piece.name, piece.count) = (Some(name), count);
            piece.bytes.clear();
            piece.bytes.extend_from_slice(bytes);
        }
    }

    /// Numbers are given one after the other: those given one soon after another have
    /// different places.
    fn place(&mut self, name: Name) -> (&mut Vec<Piece>, usize) {
        let (pieces, number) = match name {
            Name::Facts { number } => (&mut self.facts, number),
            Name::Try { number, .. } => (&mut self.tries, number),
            Name::Scope { number, on_fault, .. } => {
                (&mut self.scopes, 2 * number + u64::from(on_fault))
            }
        };
        (pieces, (number % PIECES as u64) as usize)
    }
}

#[cfg(test)]
mod tests;
