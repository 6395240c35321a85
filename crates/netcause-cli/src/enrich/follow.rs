//! [`Follow`]: a file that grows, is cut off, or is put in another's place.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How often the file is looked at: well below the 50 ms in which a line has to be out.
const EVERY: Duration = Duration::from_millis(20);

/// Reads a file from its beginning, and then what is appended to it, without end.
#[derive(Debug)]
pub(super) struct Follow {
    path: PathBuf,
    file: File,
    /// How far it has been read.
    place: u64,
    /// Whether the last line has not ended.
    is_open: bool,
}

impl Follow {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Follow { path: path.to_owned(), file, place: 0, is_open: false })
    }

    /// Goes on with what stands under the name now, if that is another file or was cut off;
    /// says whether it is.
    fn turn(&mut self) -> io::Result<bool> {
        // Between two files there may be none for a moment.
        let Ok(now) = std::fs::metadata(&self.path) else { return Ok(false) };
        let own = self.file.metadata()?;
        if id(&now) != id(&own) {
            let Ok(file) = File::open(&self.path) else { return Ok(false) };
            self.file = file;
        } else if own.len() < self.place {
            self.file.rewind()?;
        } else {
            return Ok(false);
        }
        self.place = 0;
        Ok(true)
    }
}

fn id(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

impl Read for Follow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.file.read(buffer)?;
            if read > 0 {
                self.place += read as u64;
                let last = buffer.get(..read).and_then(<[u8]>::last);
                self.is_open = last != Some(&b'\n');
                return Ok(read);
            }
            if !self.turn()? {
                thread::sleep(EVERY);
            } else if let (true, Some(first)) = (self.is_open, buffer.first_mut()) {
                // A line does not go on in another file.
                *first = b'\n';
                self.is_open = false;
                return Ok(1);
            }
        }
    }
}
