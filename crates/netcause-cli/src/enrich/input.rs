//! Where bytes come from: files, compressed or not, standard input, and a file that grows.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

use super::lines::{Lines, Sink, Stop};
use crate::cli::failed;

/// How gzip's files begin (RFC 1952 §2.3.1).
const GZIP: &[u8] = &[0x1f, 0x8b];

/// How Zstandard's frames begin (RFC 8878 §3.1.1).
const ZSTANDARD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Standard input, where it is named.
const STDIN: &str = "-";

/// Hands on the lines of each file, or of standard input where none is named; one that
/// cannot be read is named on standard error, and the others are read.
///
/// # Errors
///
/// Where the sink failed.
pub(crate) fn read_all(
    files: &[PathBuf],
    open: impl Fn(&Path) -> io::Result<Box<dyn Read>>,
    sink: &mut dyn Sink,
) -> io::Result<ExitCode> {
    let stdin = [PathBuf::from(STDIN)];
    let mut lines = Lines::default();
    let mut code = ExitCode::SUCCESS;
    for file in if files.is_empty() { &stdin } else { files } {
        let opened = open(file).map_err(Stop::Input);
        match opened.and_then(|mut input| lines.read(&mut *input, sink)) {
            Ok(()) => {}
            Err(Stop::Output(error)) => return Err(error),
            Err(Stop::Input(error)) => {
                sink.make_way();
                code = failed(&format!("read {}", name(file)), &error);
            }
        }
    }
    Ok(code)
}

/// A file or standard input, whose bytes are counted before they are decompressed.
pub(crate) fn open(path: &Path, read: &Rc<Cell<u64>>) -> io::Result<Box<dyn Read>> {
    if path == Path::new(STDIN) {
        return decompressed(Box::new(io::stdin().lock()));
    }
    decompressed(Box::new(Counted { input: File::open(path)?, read: Rc::clone(read) }))
}

/// What to call an input in front of people.
fn name(path: &Path) -> String {
    match path == Path::new(STDIN) {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    }
}

/// What is read from there, decompressed if it is compressed.
fn decompressed(mut input: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let mut head = Vec::new();
    // What has come is handed on; only what may be the beginning of a mark waits for more.
    while head.is_empty() || is_begun(&head, GZIP) || is_begun(&head, ZSTANDARD) {
        let mut chunk = [0; 4096];
        let read = match input.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => result?,
        };
        if read == 0 {
            break;
        }
        head.extend_from_slice(chunk.get(..read).unwrap_or_default());
    }
    let (is_gzip, is_zstandard) = (head.starts_with(GZIP), head.starts_with(ZSTANDARD));
    let input = Box::new(io::Cursor::new(head).chain(input));
    Ok(match (is_gzip, is_zstandard) {
        (true, _) => Box::new(MultiGzDecoder::new(input)),
        (_, true) => Box::new(Frames { frame: Some(frame(input)?) }),
        _ => input,
    })
}

/// Whether a mark has begun and is not complete.
fn is_begun(head: &[u8], mark: &[u8]) -> bool {
    head.len() < mark.len() && mark.starts_with(head)
}

/// Counts what passes.
struct Counted {
    input: File,
    read: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.read.set(self.read.get() + read as u64);
        Ok(read)
    }
}

type Source = Box<dyn Read>;
type Frame = StreamingDecoder<Source, ruzstd::decoding::FrameDecoder>;

fn frame(input: Source) -> io::Result<Frame> {
    StreamingDecoder::new(input).map_err(io::Error::other)
}

/// Frames of Zstandard, one behind the other.
struct Frames {
    frame: Option<Frame>,
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(frame) = &mut self.frame {
            let read = frame.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.frame = self.frame.take().map_or(Ok(None), |it| next_frame(it.into_inner()))?;
        }
        Ok(0)
    }
}

/// The frame that begins there, unless the input ends.
fn next_frame(mut input: Source) -> io::Result<Option<Frame>> {
    let mut first = [0; 1];
    let read = loop {
        match input.read(&mut first) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => break result?,
        }
    };
    if read == 0 {
        return Ok(None);
    }
    frame(Box::new(io::Cursor::new(first).chain(input))).map(Some)
}
