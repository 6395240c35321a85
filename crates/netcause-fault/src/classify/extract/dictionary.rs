//! Lists of words, looked up at once.

/// Words in small letters, and what each stands for.
#[derive(Debug)]
pub(super) struct Dictionary<T: 'static, const SLOTS: usize> {
    slots: [Option<(&'static str, T)>; SLOTS],
}

impl<T: Copy, const SLOTS: usize> Dictionary<T, SLOTS> {
    /// The words of all lists. Of one that stands in several lists the first counts.
    pub(super) const fn new(lists: &[(&[&'static str], T)]) -> Self {
        assert!(SLOTS.is_power_of_two());
        let mut slots = [None; SLOTS];
        let (mut list, mut used) = (0, 0);
        while list < lists.len() {
            let (words, meaning) = lists[list];
            let mut word = 0;
            while word < words.len() {
                let text = words[word];
                let mut at = Self::slot(text);
                while let Some((known, _)) = slots[at] {
                    if is_same(known, text) {
                        break;
                    }
                    at = (at + 1) % SLOTS;
                }
                used += slots[at].is_none() as usize;
                if slots[at].is_none() {
                    slots[at] = Some((text, meaning));
                }
                word += 1;
            }
            list += 1;
        }
        // A search ends at a free slot, and has to find one soon.
        assert!(used <= SLOTS / 2);
        Dictionary { slots }
    }

    /// What a word stands for, whatever its case.
    pub(super) fn get(&self, word: &str) -> Option<T> {
        let mut at = Self::slot(word);
        while let Some(Some((known, meaning))) = self.slots.get(at) {
            if known.len() == word.len() && (*known == word || known.eq_ignore_ascii_case(word)) {
                return Some(*meaning);
            }
            at = (at + 1) % SLOTS;
        }
        None
    }

    /// Whether a word is one of them, whatever its case.
    pub(super) fn contains(&self, word: &str) -> bool {
        self.get(word).is_some()
    }

    /// Where a word stands, unless others stood there before.
    const fn slot(word: &str) -> usize {
        let bits = SLOTS.trailing_zeros();
        (key(word.as_bytes()).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - bits)) as usize
    }
}

/// A number that hardly any two words have in common: their first and last bytes.
const fn key(word: &[u8]) -> u64 {
    let key = match (word.first_chunk::<4>(), word.last_chunk::<4>(), word) {
        (Some(first), Some(last), _) => {
            (u32::from_le_bytes(*last) as u64) << 32 | u32::from_le_bytes(*first) as u64
        }
        (_, _, [first, middle, last]) => {
            (*first as u64) | (*middle as u64) << 8 | (*last as u64) << 16
        }
        (_, _, [first, last]) => (*first as u64) | (*last as u64) << 8,
        (_, _, [only]) => *only as u64,
        _ => 0,
    };
    // Makes small letters of capitals, and other bytes of others, alike in all words.
    key | 0x2020_2020_2020_2020
}

const fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[cfg(test)]
mod tests {
    use super::Dictionary;

    #[test]
    fn a_word_is_found_whatever_its_case_and_no_other() {
        static WORDS: Dictionary<u8, 16> =
            Dictionary::new(&[(&["a", "of", "for", "host", "hostnames"], 1), (&["of", "tcp4"], 2)]);
        for (word, meaning) in [("A", 1), ("of", 1), ("For", 1), ("HOSTNAMES", 1), ("tcp4", 2)] {
            assert_eq!(WORDS.get(word), Some(meaning), "{word}");
        }
        for word in ["", "b", "off", "hos", "hosts", "hostxames", "hostnames_", "höst", "tcp\x14"]
        {
            assert_eq!(WORDS.get(word), None, "{word}");
        }
    }
}
