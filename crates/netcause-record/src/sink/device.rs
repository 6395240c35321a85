//! What lines are written to.

use std::fmt;
use std::fs::File;
use std::io::{self, Stderr, Stdout, Write};

/// Something to write to.
pub(super) struct Device {
    target: Target,
    /// Whether a write may wait for a reader.
    stalls: bool,
}

/// A writer of somebody else's; absent where a [`Device`] writes by itself.
///
/// It needs to be borrowed alone, so it lies behind the lock of the queue before it.
pub(super) type Writer = Option<Box<dyn Write + Send>>;

enum Target {
    Stdout(Stdout),
    Stderr(Stderr),
    File(File),
    Writer,
}

/// How far a write came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// Everything left.
    Done,
    /// So many bytes left; there is no room for more now.
    Stalled(usize),
    /// Nobody will ever read it.
    Failed,
}

impl Device {
    pub(super) fn stdout() -> Self {
        Device::new(Target::Stdout(io::stdout()))
    }

    pub(super) fn stderr() -> Self {
        Device::new(Target::Stderr(io::stderr()))
    }

    pub(super) fn file(file: File) -> Self {
        Device::new(Target::File(file))
    }

    /// For a [`Writer`], which is then given to each call.
    pub(super) fn writer() -> Self {
        Device::new(Target::Writer)
    }

    fn new(target: Target) -> Self {
        let stalls = stalls(&target);
        Device { target, stalls }
    }

    /// Writes as much as leaves without waiting for a reader.
    pub(super) fn write(&self, writer: &mut Writer, line: &[u8]) -> Progress {
        if self.stalls { self.write_while_ready(line) } else { self.write_all(writer, line) }
    }

    /// `write_all` retries where a signal interrupts.
    fn write_all(&self, writer: &mut Writer, line: &[u8]) -> Progress {
        let result = match (&self.target, writer) {
            (Target::Stdout(stdout), _) => stdout.lock().write_all(line),
            (Target::Stderr(stderr), _) => stderr.lock().write_all(line),
            (Target::File(file), _) => (&*file).write_all(line),
            (Target::Writer, Some(writer)) => writer.write_all(line),
            (Target::Writer, None) => return Progress::Failed,
        };
        if result.is_ok() { Progress::Done } else { Progress::Failed }
    }
}

#[cfg(unix)]
mod ready {
    use std::os::fd::{AsFd, BorrowedFd};
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::FileType;
    use rustix::io::Errno;

    use super::{Device, Progress, Target};

    /// A pipe that is ready takes so many bytes without waiting: `PIPE_BUF` (pipe(7)),
    /// elsewhere the least that POSIX allows.
    const AT_ONCE: usize = if cfg!(target_os = "linux") { 4096 } else { 512 };

    pub(super) fn stalls(target: &Target) -> bool {
        let kind = |fd: BorrowedFd<'_>| {
            rustix::fs::fstat(fd).map(|status| FileType::from_raw_mode(status.st_mode))
        };
        descriptor(target).is_some_and(|fd| {
            matches!(kind(fd), Ok(FileType::Fifo | FileType::Socket | FileType::CharacterDevice))
        })
    }

    fn descriptor(target: &Target) -> Option<BorrowedFd<'_>> {
        match target {
            Target::Stdout(stdout) => Some(stdout.as_fd()),
            Target::Stderr(stderr) => Some(stderr.as_fd()),
            Target::File(file) => Some(file.as_fd()),
            Target::Writer => None,
        }
    }

    impl Device {
        /// The locks of `std::io::stdout` are not taken: who holds one may be waiting for
        /// the reader.
        pub(super) fn write_while_ready(&self, line: &[u8]) -> Progress {
            let Some(fd) = descriptor(&self.target) else { return Progress::Failed };
            let mut written = 0;
            while let Some(rest) = line.get(written..).filter(|rest| !rest.is_empty()) {
                if !is_ready(fd, Duration::ZERO) {
                    return Progress::Stalled(written);
                }
                match rustix::io::write(fd, rest.get(..AT_ONCE).unwrap_or(rest)) {
                    Ok(count) => written += count,
                    Err(Errno::INTR) => {}
                    Err(Errno::AGAIN) => return Progress::Stalled(written),
                    Err(_) => return Progress::Failed,
                }
            }
            Progress::Done
        }

        /// Waits for room, `timeout` at most.
        pub(in super::super) fn wait(&self, timeout: Duration) {
            if let Some(fd) = descriptor(&self.target) {
                is_ready(fd, timeout);
            }
        }
    }

    /// Whether a write would not wait. An error or a hang-up counts: the write will say.
    fn is_ready(fd: BorrowedFd<'_>, timeout: Duration) -> bool {
        let timeout = Timespec::try_from(timeout).ok();
        let mut fds = [PollFd::new(&fd, PollFlags::OUT)];
        poll(&mut fds, timeout.as_ref()).is_ok_and(|ready| ready > 0)
    }
}

#[cfg(unix)]
use ready::stalls;

#[cfg(not(unix))]
fn stalls(_: &Target) -> bool {
    false
}

#[cfg(not(unix))]
impl Device {
    fn write_while_ready(&self, line: &[u8]) -> Progress {
        self.write_all(&mut None, line)
    }

    /// Nothing stalls here.
    pub(super) fn wait(&self, _: std::time::Duration) {}
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.target {
            Target::Stdout(_) => "stdout",
            Target::Stderr(_) => "stderr",
            Target::File(_) => "file",
            Target::Writer => "writer",
        })
    }
}
