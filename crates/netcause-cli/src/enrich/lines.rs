//! Lines out of bytes: none is lost, none is longer than is kept, and what has come is handed
//! on before more is waited for.

use std::io::{self, ErrorKind, Read};
use std::thread;
use std::time::Duration;

/// The most bytes of a line that are kept.
pub(super) const LONGEST: usize = 1024 * 1024;

/// How much is asked for at once.
const CHUNK: usize = 256 * 1024;

/// How long to wait for an input that another program has set not to block.
const PAUSE: Duration = Duration::from_millis(5);

/// Takes lines.
pub(crate) trait Sink {
    /// A line without its end; `lost` bytes of it were not kept.
    fn line(&mut self, line: &[u8], lost: u64) -> io::Result<()>;

    /// No more lines are there yet.
    fn pause(&mut self) -> io::Result<()>;

    /// Something else is about to be said on standard error.
    fn make_way(&mut self) {}
}

/// Why reading ended before the input did.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The input failed.
    Input(io::Error),
    /// The sink failed.
    Output(io::Error),
}

/// A buffer, used for one input after the other.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    buffer: Vec<u8>,
    /// Where the line begins that has not ended yet.
    start: usize,
    end: usize,
    /// How many bytes of it were not kept.
    lost: u64,
}

impl Lines {
    /// Hands on every line of an input; a last one without its line feed, too.
    pub(crate) fn read(&mut self, input: &mut dyn Read, sink: &mut dyn Sink) -> Result<(), Stop> {
        (self.start, self.end, self.lost) = (0, 0, 0);
        loop {
            self.make_room();
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            let read = match input.read(room) {
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    thread::sleep(PAUSE);
                    continue;
                }
                Err(error) => {
                    self.hand_on_rest(sink).map_err(Stop::Output)?;
                    return Err(Stop::Input(error));
                }
            };
            if read == 0 {
                return self.hand_on_rest(sink).map_err(Stop::Output);
            }
            self.hand_on(read, sink).and_then(|()| sink.pause()).map_err(Stop::Output)?;
        }
    }

    /// Makes room for a chunk behind the line that has not ended.
    fn make_room(&mut self) {
        if self.buffer.len() - self.end >= CHUNK / 2 {
            return;
        }
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.end > LONGEST {
            self.lost += (self.end - LONGEST) as u64;
            self.end = LONGEST;
        }
        let wanted = (self.end + CHUNK).next_multiple_of(CHUNK);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
    }

    /// Hands on what ends within the `read` new bytes.
    fn hand_on(&mut self, read: usize, sink: &mut dyn Sink) -> io::Result<()> {
        let from = self.end;
        self.end += read;
        let new = self.buffer.get(from..self.end).unwrap_or_default();
        for end in memchr::memchr_iter(b'\n', new) {
            let line = self.buffer.get(self.start..from + end).unwrap_or_default();
            self.start = from + end + 1;
            hand_on_line(line, std::mem::take(&mut self.lost), sink)?;
        }
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        Ok(())
    }

    fn hand_on_rest(&mut self, sink: &mut dyn Sink) -> io::Result<()> {
        let line = self.buffer.get(self.start..self.end).unwrap_or_default();
        if !line.is_empty() || self.lost > 0 {
            hand_on_line(line, std::mem::take(&mut self.lost), sink)?;
        }
        (self.start, self.end) = (0, 0);
        sink.pause()
    }
}

fn hand_on_line(line: &[u8], lost: u64, sink: &mut dyn Sink) -> io::Result<()> {
    match line.split_at_checked(LONGEST) {
        Some((kept, rest)) if !rest.is_empty() => sink.line(kept, lost + rest.len() as u64),
        _ => sink.line(line, lost),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen {
        lines: Vec<(usize, u64)>,
        texts: Vec<Vec<u8>>,
        pauses: Vec<usize>,
    }

    impl Sink for Seen {
        fn line(&mut self, line: &[u8], lost: u64) -> io::Result<()> {
            self.lines.push((line.len(), lost));
            self.texts.push(line.iter().take(8).copied().collect());
            Ok(())
        }

        fn pause(&mut self) -> io::Result<()> {
            self.pauses.push(self.lines.len());
            Ok(())
        }
    }

    /// Gives at most so many bytes at once.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(buffer.len());
            self.0.read(&mut buffer[..most])
        }
    }

    fn read(bytes: &[u8], at_once: usize) -> Seen {
        let mut seen = Seen::default();
        Lines::default().read(&mut Slow(bytes, at_once), &mut seen).unwrap();
        seen
    }

    #[test]
    fn a_last_line_needs_no_line_feed() {
        for at_once in [1, 2, 3, 100] {
            assert_eq!(read(b"ab\n\nc", at_once).texts, [&b"ab"[..], b"", b"c"]);
            assert_eq!(read(b"ab\n", at_once).texts, [b"ab"]);
        }
        assert!(read(b"", 1).texts.is_empty());
    }

    #[test]
    fn what_has_come_is_handed_on_before_more_is_waited_for() {
        assert_eq!(read(b"ab\ncd\nef\n", 3).pauses, [1, 2, 3, 3]);
    }

    #[test]
    fn a_line_that_is_too_long_is_counted_to_its_end() {
        for over in [0, 1, CHUNK, 5 * LONGEST + 7] {
            let mut bytes = vec![b'x'; LONGEST + over];
            bytes.extend_from_slice(b"\nshort\n");
            for at_once in [usize::MAX, 65_536, 4093] {
                let seen = read(&bytes, at_once);
                assert_eq!(seen.lines, [(LONGEST, over as u64), (5, 0)], "{over} {at_once}");
            }
        }
    }

    /// Says twice that nothing is there yet before each piece.
    struct Reluctant<'a>(Slow<'a>, u8);

    impl Read for Reluctant<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = (self.1 + 1) % 3;
            if self.1 > 0 { Err(ErrorKind::WouldBlock.into()) } else { self.0.read(buffer) }
        }
    }

    #[test]
    fn an_input_that_does_not_block_is_waited_for() {
        let mut seen = Seen::default();
        let mut input = Reluctant(Slow(b"ab\ncd\n", 3), 0);
        Lines::default().read(&mut input, &mut seen).unwrap();
        assert_eq!(seen.texts, [b"ab", b"cd"]);
    }

    #[test]
    fn memory_does_not_grow_with_the_line() {
        let mut lines = Lines::default();
        let mut endless = io::repeat(b'x').take(64 * LONGEST as u64);
        lines.read(&mut endless, &mut Seen::default()).unwrap();
        assert!(lines.buffer.len() <= LONGEST + 2 * CHUNK, "{}", lines.buffer.len());
    }
}
