use std::io::{Error, Read};
use std::sync::Mutex;

use super::*;

/// A writer that fails after so many bytes.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>, Option<usize>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut memory = self.0.lock().unwrap();
        if self.1.is_some_and(|limit| memory.len() + bytes.len() > limit) {
            return Err(Error::from(io::ErrorKind::StorageFull));
        }
        memory.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lines_of(sink: Sink) -> LineWriter {
    LineWriter::new(sink)
}

#[test]
fn lines_that_cannot_be_written_are_counted() {
    let memory = Memory(Arc::default(), Some(10));
    let writer = lines_of(Sink::writer(Box::new(memory.clone())));
    for _ in 0..5 {
        writer.write(b"1234\n");
    }
    assert_eq!(memory.0.lock().unwrap().as_slice(), b"1234\n1234\n");
    assert_eq!(writer.counts(), Counts { written: 2, lost: 3, queued: 0 });
    assert_eq!(writer.flush(Duration::ZERO), 0);
}

#[test]
fn a_file_is_appended_to() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("lines");
    for _ in 0..2 {
        let writer = lines_of(Sink::file(&path).unwrap());
        writer.write(b"line\n");
        assert_eq!(writer.counts().written, 1);
    }
    assert_eq!(std::fs::read(&path).unwrap(), b"line\nline\n");
    assert!(Sink::file(directory.path()).is_err());
}

#[test]
fn threads_do_not_mix_their_lines() {
    let memory = Memory::default();
    let writer = lines_of(Sink::writer(Box::new(memory.clone())));
    std::thread::scope(|scope| {
        for letter in [b'a', b'b', b'c', b'd'] {
            let writer = &writer;
            scope.spawn(move || {
                let mut line = vec![letter; 300];
                line.push(b'\n');
                (0..200).for_each(|_| writer.write(&line));
            });
        }
    });
    let memory = memory.0.lock().unwrap();
    let mut lines = memory.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    assert!(lines.all(|line| line.len() == 300 && line.iter().all(|byte| *byte == line[0])));
    assert_eq!(writer.counts().written, 800);
}

#[cfg(unix)]
mod pipes {
    use std::fs::File;
    use std::io::{PipeReader, pipe};
    use std::os::fd::OwnedFd;
    use std::time::Instant;

    use super::*;

    fn stalling() -> (PipeReader, LineWriter) {
        let (reader, writer) = pipe().unwrap();
        let file = File::from(OwnedFd::from(writer));
        (reader, lines_of(Sink::of(Device::file(file))))
    }

    fn numbered(number: usize) -> Vec<u8> {
        format!("{number:>3000}\n").into_bytes()
    }

    /// Reads lines until the writer is gone.
    fn read_numbers(mut reader: PipeReader) -> Vec<usize> {
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert!(text.ends_with('\n'));
        text.lines().map(|line| line.trim().parse().unwrap()).collect()
    }

    #[test]
    fn a_line_leaves_at_once_where_there_is_room() {
        let (mut reader, writer) = stalling();
        writer.write(b"now\n");
        let mut line = [0; 4];
        reader.read_exact(&mut line).unwrap();
        assert_eq!(&line, b"now\n");
        assert_eq!(writer.counts(), Counts { written: 1, lost: 0, queued: 0 });
    }

    #[test]
    fn a_stalled_reader_holds_nobody_up_and_gets_all_that_was_kept_in_order() {
        let (reader, writer) = stalling();
        let count = 1000;
        let begin = Instant::now();
        (0..count).for_each(|number| writer.write(&numbered(number)));
        assert!(begin.elapsed() < Duration::from_secs(2), "the writer was held up");
        let lost = writer.counts().lost;
        assert!(lost > 0, "nothing was lost: the queue has no bound");
        let waiting = writer.flush(Duration::from_millis(10));
        assert!(waiting > 0);
        assert_eq!(writer.counts().written + waiting + lost, count as u64);

        let reading = std::thread::spawn(move || read_numbers(reader));
        assert_eq!(writer.flush(Duration::from_secs(20)), 0);
        writer.write(&numbered(count));
        assert_eq!(writer.flush(Duration::from_secs(20)), 0);
        let written = writer.counts().written;
        drop(writer);
        let numbers = reading.join().unwrap();
        assert_eq!(numbers.len() as u64, written);
        assert!(numbers.is_sorted_by(|a, b| a < b));
        // The newest are lost: a gap before the line that came after the stall.
        let kept = numbers.len() - 1;
        assert!(numbers.iter().take(kept).copied().eq(0..kept));
        assert_eq!(numbers.last(), Some(&count));
    }

    #[test]
    fn a_line_longer_than_the_pipe_arrives_whole() {
        let (reader, writer) = stalling();
        let long = " ".repeat(200_000) + "7\n";
        writer.write(long.as_bytes());
        writer.write(&numbered(8));
        let reading = std::thread::spawn(move || read_numbers(reader));
        assert_eq!(writer.flush(Duration::from_secs(20)), 0);
        drop(writer);
        assert_eq!(reading.join().unwrap(), [7, 8]);
    }

    #[test]
    fn a_closed_pipe_loses_lines_quietly() {
        let (reader, writer) = stalling();
        (0..100).for_each(|number| writer.write(&numbered(number)));
        let before = writer.counts();
        assert!(before.written < 100);
        drop(reader);
        writer.write(b"gone\n");
        assert_eq!(writer.flush(Duration::from_secs(20)), 0);
        assert_eq!(writer.counts().written + writer.counts().lost, 101);
        assert!(writer.counts().lost > before.lost);
    }
}
