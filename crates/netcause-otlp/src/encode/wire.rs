//! The wire format of Protocol Buffers, as far as it is needed.

/// A field's number and that it is a varint.
pub(crate) const fn varint_tag(field: u8) -> u8 {
    field << 3
}

/// A field's number and that eight bytes follow.
pub(crate) const fn fixed64_tag(field: u8) -> u8 {
    field << 3 | 1
}

/// A field's number and that a length and so many bytes follow.
pub(crate) const fn bytes_tag(field: u8) -> u8 {
    field << 3 | 2
}

/// A field's number and that four bytes follow.
pub(crate) const fn fixed32_tag(field: u8) -> u8 {
    field << 3 | 5
}

/// Appends a number, seven bits a byte, the lowest first.
#[inline]
pub(crate) fn push_varint(mut number: u64, out: &mut Vec<u8>) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// How many bytes [`push_varint`] appends.
#[inline]
pub(crate) const fn varint_len(number: u64) -> usize {
    let bits = 64 - (number | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

/// How many bytes a field of so many bytes takes, its tag and length included.
#[inline]
pub(crate) const fn field_len(bytes: usize) -> usize {
    1 + varint_len(bytes as u64) + bytes
}

/// Appends the tag and the length of a field whose bytes follow.
#[inline]
pub(crate) fn push_head(tag: u8, bytes: usize, out: &mut Vec<u8>) {
    out.push(tag);
    push_varint(bytes as u64, out);
}

/// Appends a field of bytes.
#[inline]
pub(crate) fn push_bytes(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    push_head(tag, bytes.len(), out);
    out.extend_from_slice(bytes);
}

/// Appends a field of eight bytes.
#[inline]
pub(crate) fn push_fixed64(tag: u8, number: u64, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&number.to_le_bytes());
}

/// Appends a field of four bytes.
#[inline]
pub(crate) fn push_fixed32(tag: u8, number: u32, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&number.to_le_bytes());
}

/// One field of a message that somebody else wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// A varint, or four or eight bytes.
    Number(u64),
    /// So many bytes.
    Bytes(&'a [u8]),
}

/// The fields of a message, up to the first that cannot be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn fixed(&mut self, count: usize) -> Option<Value<'a>> {
        let bytes = self.take(count)?;
        let number = bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
        Some(Value::Number(number))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Number(self.varint()?),
            1 => self.fixed(8)?,
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.fixed(4)?,
            _ => return None,
        };
        Some((tag >> 3, value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_is_read_back_and_its_length_is_known(number: u64, shift in 0_u32..64) {
            let number = number >> shift;
            let mut out = vec![varint_tag(3)];
            push_varint(number, &mut out);
            prop_assert_eq!(out.len(), 1 + varint_len(number));
            prop_assert_eq!(Fields(&out).next(), Some((3, Value::Number(number))));
        }

        #[test]
        fn no_bytes_are_too_strange_to_be_read(bytes: Vec<u8>) {
            prop_assert!(Fields(&bytes).count() <= bytes.len());
        }
    }

    #[test]
    fn every_kind_of_field_is_read_back() {
        let mut out = Vec::new();
        push_fixed64(fixed64_tag(1), 7, &mut out);
        push_bytes(bytes_tag(2), b"text", &mut out);
        push_fixed32(fixed32_tag(8), 1 << 31, &mut out);
        let fields: Vec<_> = Fields(&out).collect();
        let expected =
            [(1, Value::Number(7)), (2, Value::Bytes(b"text")), (8, Value::Number(1 << 31))];
        assert_eq!(fields, expected);
        assert_eq!(out.len(), 9 + field_len(4) + 5);
    }
}
