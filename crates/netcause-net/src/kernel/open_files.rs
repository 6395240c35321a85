//! Whether this process can open another file.

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

/// How many files are open and how many may be, where this process cannot open another one.
///
/// Some calls fail for want of a descriptor and report something else, `getaddrinfo` among them.
pub(crate) fn exhausted() -> Option<(u64, u64)> {
    let flags = SockFlag::SOCK_CLOEXEC;
    match socket(AddressFamily::Unix, SockType::Datagram, flags, None) {
        // All numbers below the limit are taken: that many files are open.
        Err(Errno::EMFILE) => {
            let (limit, _) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
            Some((limit, limit))
        }
        _ => None,
    }
}
