//! Names and texts of operating system errors, without asking the C library.
//!
//! The standard library asks `strerror` for the text of an error number and allocates
//! for the answer. The texts here are those of glibc 2.36 (`errno(3)`); the numbers of
//! macOS are from its `sys/errno.h`, those of Windows from `winsock2.h`.

use std::io;

#[cfg(test)]
mod tests;

/// Whether the numbers of [`LINUX`] are those of this host. MIPS and SPARC count otherwise.
const LINUX_NUMBERS: bool = cfg!(all(
    target_os = "linux",
    not(any(
        target_arch = "mips",
        target_arch = "mips64",
        target_arch = "mips32r6",
        target_arch = "mips64r6",
        target_arch = "sparc",
        target_arch = "sparc64"
    ))
));

/// What an error number means for a connection, whatever the system counts it as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Os {
    /// ECONNREFUSED.
    Refused,
    /// ECONNRESET, ENETRESET.
    Reset,
    /// ECONNABORTED, ESHUTDOWN.
    Aborted,
    /// ENOTCONN.
    NotConnected,
    /// EPIPE.
    Pipe,
    /// ETIMEDOUT.
    TimedOut,
    /// EHOSTUNREACH, EHOSTDOWN.
    HostUnreachable,
    /// ENETUNREACH, ENETDOWN.
    NetworkUnreachable,
    /// EACCES, EPERM.
    Denied,
    /// EINVAL.
    Invalid,
    /// ENOENT.
    NotFound,
    /// EAGAIN: what a socket's own read limit gives on Linux.
    WouldBlock,
    /// EADDRINUSE.
    AddressInUse,
    /// EADDRNOTAVAIL.
    AddressNotAvailable,
    /// EMFILE, ENFILE.
    OpenFiles,
    /// ENOBUFS.
    Buffers,
}

impl Os {
    /// What a number of the system that this program runs on means.
    pub(crate) fn of_this_host(code: i32) -> Option<Self> {
        if LINUX_NUMBERS || cfg!(windows) {
            return Self::of_number(code);
        }
        match name(code) {
            Some("EMFILE" | "ENFILE") => Some(Os::OpenFiles),
            Some("ENOBUFS") => Some(Os::Buffers),
            _ => Self::of_kind(io::Error::from_raw_os_error(code).kind()),
        }
    }

    /// What a number in a text means. Texts come from any system: Windows' numbers stand
    /// apart, and macOS' numbers are, on Linux, errors that no socket reports.
    pub(crate) fn of_any_host(code: i32) -> Option<Self> {
        Self::of_number(code).or(match code {
            61 => Some(Os::Refused),
            54 | 52 => Some(Os::Reset),
            53 | 58 => Some(Os::Aborted),
            57 => Some(Os::NotConnected),
            60 => Some(Os::TimedOut),
            64 | 65 => Some(Os::HostUnreachable),
            50 | 51 => Some(Os::NetworkUnreachable),
            48 => Some(Os::AddressInUse),
            49 => Some(Os::AddressNotAvailable),
            55 => Some(Os::Buffers),
            _ => None,
        })
    }

    /// What a number of Linux or of Windows Sockets means.
    fn of_number(code: i32) -> Option<Self> {
        match code {
            111 | 10061 => Some(Os::Refused),
            104 | 102 | 10054 | 10052 => Some(Os::Reset),
            103 | 108 | 10053 | 10058 => Some(Os::Aborted),
            107 | 10057 => Some(Os::NotConnected),
            32 => Some(Os::Pipe),
            110 | 10060 => Some(Os::TimedOut),
            112 | 113 | 10064 | 10065 => Some(Os::HostUnreachable),
            100 | 101 | 10050 | 10051 => Some(Os::NetworkUnreachable),
            1 | 13 | 10013 => Some(Os::Denied),
            22 | 10022 => Some(Os::Invalid),
            2 => Some(Os::NotFound),
            11 | 10035 => Some(Os::WouldBlock),
            98 | 10048 => Some(Os::AddressInUse),
            99 | 10049 => Some(Os::AddressNotAvailable),
            23 | 24 | 10024 => Some(Os::OpenFiles),
            105 | 10055 => Some(Os::Buffers),
            _ => None,
        }
    }

    /// What the standard library's kind means; a kind may be set without a system error.
    pub(crate) fn of_kind(kind: io::ErrorKind) -> Option<Self> {
        use io::ErrorKind as Kind;
        match kind {
            Kind::ConnectionRefused => Some(Os::Refused),
            Kind::ConnectionReset => Some(Os::Reset),
            Kind::ConnectionAborted => Some(Os::Aborted),
            Kind::NotConnected => Some(Os::NotConnected),
            Kind::BrokenPipe => Some(Os::Pipe),
            Kind::TimedOut => Some(Os::TimedOut),
            Kind::HostUnreachable => Some(Os::HostUnreachable),
            Kind::NetworkUnreachable | Kind::NetworkDown => Some(Os::NetworkUnreachable),
            Kind::PermissionDenied => Some(Os::Denied),
            Kind::InvalidInput => Some(Os::Invalid),
            Kind::NotFound => Some(Os::NotFound),
            Kind::WouldBlock => Some(Os::WouldBlock),
            Kind::AddrInUse => Some(Os::AddressInUse),
            Kind::AddrNotAvailable => Some(Os::AddressNotAvailable),
            _ => None,
        }
    }
}

/// The symbolic name of an error number of this host, or of Windows Sockets.
pub(crate) fn name(code: i32) -> Option<&'static str> {
    if LINUX_NUMBERS && code < WINDOWS_SOCKETS {
        return linux(code).map(|(_, name, _)| *name).filter(|name| !name.is_empty());
    }
    let table = if code < WINDOWS_SOCKETS { MACOS } else { WINDOWS };
    let known = code >= WINDOWS_SOCKETS || cfg!(target_vendor = "apple");
    table.iter().find(|(number, _)| known && *number == code).map(|(_, name)| *name)
}

/// The text of an error number, as glibc's `strerror` gives it; none on other systems.
pub(crate) fn text(code: i32) -> Option<&'static str> {
    if LINUX_NUMBERS { linux(code).map(|(_, _, text)| *text) } else { None }
}

fn linux(code: i32) -> Option<&'static (i32, &'static str, &'static str)> {
    let index = usize::try_from(code).ok()?.checked_sub(1)?;
    LINUX.get(index)
}

/// The first number of Windows Sockets, `WSABASEERR`.
const WINDOWS_SOCKETS: i32 = 10_000;

const MACOS: &[(i32, &str)] = &[
    (1, "EPERM"),
    (2, "ENOENT"),
    (13, "EACCES"),
    (22, "EINVAL"),
    (23, "ENFILE"),
    (24, "EMFILE"),
    (32, "EPIPE"),
    (35, "EAGAIN"),
    (48, "EADDRINUSE"),
    (49, "EADDRNOTAVAIL"),
    (50, "ENETDOWN"),
    (51, "ENETUNREACH"),
    (52, "ENETRESET"),
    (53, "ECONNABORTED"),
    (54, "ECONNRESET"),
    (55, "ENOBUFS"),
    (57, "ENOTCONN"),
    (58, "ESHUTDOWN"),
    (60, "ETIMEDOUT"),
    (61, "ECONNREFUSED"),
    (64, "EHOSTDOWN"),
    (65, "EHOSTUNREACH"),
];

const WINDOWS: &[(i32, &str)] = &[
    (10013, "WSAEACCES"),
    (10022, "WSAEINVAL"),
    (10024, "WSAEMFILE"),
    (10035, "WSAEWOULDBLOCK"),
    (10048, "WSAEADDRINUSE"),
    (10049, "WSAEADDRNOTAVAIL"),
    (10050, "WSAENETDOWN"),
    (10051, "WSAENETUNREACH"),
    (10052, "WSAENETRESET"),
    (10053, "WSAECONNABORTED"),
    (10054, "WSAECONNRESET"),
    (10055, "WSAENOBUFS"),
    (10057, "WSAENOTCONN"),
    (10058, "WSAESHUTDOWN"),
    (10060, "WSAETIMEDOUT"),
    (10061, "WSAECONNREFUSED"),
    (10064, "WSAEHOSTDOWN"),
    (10065, "WSAEHOSTUNREACH"),
    (11001, "WSAHOST_NOT_FOUND"),
    (11002, "WSATRY_AGAIN"),
    (11003, "WSANO_RECOVERY"),
    (11004, "WSANO_DATA"),
];

/// Number, name and text; the entry of number `n` stands at `n - 1`.
#[rustfmt::skip]
const LINUX: &[(i32, &str, &str)] = &[
    (1, "EPERM", "Operation not permitted"),
    (2, "ENOENT", "No such file or directory"),
    (3, "ESRCH", "No such process"),
    (4, "EINTR", "Interrupted system call"),
    (5, "EIO", "Input/output error"),
    (6, "ENXIO", "No such device or address"),
    (7, "E2BIG", "Argument list too long"),
    (8, "ENOEXEC", "Exec format error"),
    (9, "EBADF", "Bad file descriptor"),
    (10, "ECHILD", "No child processes"),
    (11, "EAGAIN", "Resource temporarily unavailable"),
    (12, "ENOMEM", "Cannot allocate memory"),
    (13, "EACCES", "Permission denied"),
    (14, "EFAULT", "Bad address"),
    (15, "ENOTBLK", "Block device required"),
    (16, "EBUSY", "Device or resource busy"),
    (17, "EEXIST", "File exists"),
    (18, "EXDEV", "Invalid cross-device link"),
    (19, "ENODEV", "No such device"),
    (20, "ENOTDIR", "Not a directory"),
    (21, "EISDIR", "Is a directory"),
    (22, "EINVAL", "Invalid argument"),
    (23, "ENFILE", "Too many open files in system"),
    (24, "EMFILE", "Too many open files"),
    (25, "ENOTTY", "Inappropriate ioctl for device"),
    (26, "ETXTBSY", "Text file busy"),
    (27, "EFBIG", "File too large"),
    (28, "ENOSPC", "No space left on device"),
    (29, "ESPIPE", "Illegal seek"),
    (30, "EROFS", "Read-only file system"),
    (31, "EMLINK", "Too many links"),
    (32, "EPIPE", "Broken pipe"),
    (33, "EDOM", "Numerical argument out of domain"),
    (34, "ERANGE", "Numerical result out of range"),
    (35, "EDEADLK", "Resource deadlock avoided"),
    (36, "ENAMETOOLONG", "File name too long"),
    (37, "ENOLCK", "No locks available"),
    (38, "ENOSYS", "Function not implemented"),
    (39, "ENOTEMPTY", "Directory not empty"),
    (40, "ELOOP", "Too many levels of symbolic links"),
    (41, "", "Unknown error 41"),
    (42, "ENOMSG", "No message of desired type"),
    (43, "EIDRM", "Identifier removed"),
    (44, "ECHRNG", "Channel number out of range"),
    (45, "EL2NSYNC", "Level 2 not synchronized"),
    (46, "EL3HLT", "Level 3 halted"),
    (47, "EL3RST", "Level 3 reset"),
    (48, "ELNRNG", "Link number out of range"),
    (49, "EUNATCH", "Protocol driver not attached"),
    (50, "ENOCSI", "No CSI structure available"),
    (51, "EL2HLT", "Level 2 halted"),
    (52, "EBADE", "Invalid exchange"),
    (53, "EBADR", "Invalid request descriptor"),
    (54, "EXFULL", "Exchange full"),
    (55, "ENOANO", "No anode"),
    (56, "EBADRQC", "Invalid request code"),
    (57, "EBADSLT", "Invalid slot"),
    (58, "", "Unknown error 58"),
    (59, "EBFONT", "Bad font file format"),
    (60, "ENOSTR", "Device not a stream"),
    (61, "ENODATA", "No data available"),
    (62, "ETIME", "Timer expired"),
    (63, "ENOSR", "Out of streams resources"),
    (64, "ENONET", "Machine is not on the network"),
    (65, "ENOPKG", "Package not installed"),
    (66, "EREMOTE", "Object is remote"),
    (67, "ENOLINK", "Link has been severed"),
    (68, "EADV", "Advertise error"),
    (69, "ESRMNT", "Srmount error"),
    (70, "ECOMM", "Communication error on send"),
    (71, "EPROTO", "Protocol error"),
    (72, "EMULTIHOP", "Multihop attempted"),
    (73, "EDOTDOT", "RFS specific error"),
    (74, "EBADMSG", "Bad message"),
    (75, "EOVERFLOW", "Value too large for defined data type"),
    (76, "ENOTUNIQ", "Name not unique on network"),
    (77, "EBADFD", "File descriptor in bad state"),
    (78, "EREMCHG", "Remote address changed"),
    (79, "ELIBACC", "Can not access a needed shared library"),
    (80, "ELIBBAD", "Accessing a corrupted shared library"),
    (81, "ELIBSCN", ".lib section in a.out corrupted"),
    (82, "ELIBMAX", "Attempting to link in too many shared libraries"),
    (83, "ELIBEXEC", "Cannot exec a shared library directly"),
    (84, "EILSEQ", "Invalid or incomplete multibyte or wide character"),
    (85, "ERESTART", "Interrupted system call should be restarted"),
    (86, "ESTRPIPE", "Streams pipe error"),
    (87, "EUSERS", "Too many users"),
    (88, "ENOTSOCK", "Socket operation on non-socket"),
    (89, "EDESTADDRREQ", "Destination address required"),
    (90, "EMSGSIZE", "Message too long"),
    (91, "EPROTOTYPE", "Protocol wrong type for socket"),
    (92, "ENOPROTOOPT", "Protocol not available"),
    (93, "EPROTONOSUPPORT", "Protocol not supported"),
    (94, "ESOCKTNOSUPPORT", "Socket type not supported"),
    (95, "EOPNOTSUPP", "Operation not supported"),
    (96, "EPFNOSUPPORT", "Protocol family not supported"),
    (97, "EAFNOSUPPORT", "Address family not supported by protocol"),
    (98, "EADDRINUSE", "Address already in use"),
    (99, "EADDRNOTAVAIL", "Cannot assign requested address"),
    (100, "ENETDOWN", "Network is down"),
    (101, "ENETUNREACH", "Network is unreachable"),
    (102, "ENETRESET", "Network dropped connection on reset"),
    (103, "ECONNABORTED", "Software caused connection abort"),
    (104, "ECONNRESET", "Connection reset by peer"),
    (105, "ENOBUFS", "No buffer space available"),
    (106, "EISCONN", "Transport endpoint is already connected"),
    (107, "ENOTCONN", "Transport endpoint is not connected"),
    (108, "ESHUTDOWN", "Cannot send after transport endpoint shutdown"),
    (109, "ETOOMANYREFS", "Too many references: cannot splice"),
    (110, "ETIMEDOUT", "Connection timed out"),
    (111, "ECONNREFUSED", "Connection refused"),
    (112, "EHOSTDOWN", "Host is down"),
    (113, "EHOSTUNREACH", "No route to host"),
    (114, "EALREADY", "Operation already in progress"),
    (115, "EINPROGRESS", "Operation now in progress"),
    (116, "ESTALE", "Stale file handle"),
    (117, "EUCLEAN", "Structure needs cleaning"),
    (118, "ENOTNAM", "Not a XENIX named type file"),
    (119, "ENAVAIL", "No XENIX semaphores available"),
    (120, "EISNAM", "Is a named type file"),
    (121, "EREMOTEIO", "Remote I/O error"),
    (122, "EDQUOT", "Disk quota exceeded"),
    (123, "ENOMEDIUM", "No medium found"),
    (124, "EMEDIUMTYPE", "Wrong medium type"),
    (125, "ECANCELED", "Operation canceled"),
    (126, "ENOKEY", "Required key not available"),
    (127, "EKEYEXPIRED", "Key has expired"),
    (128, "EKEYREVOKED", "Key has been revoked"),
    (129, "EKEYREJECTED", "Key was rejected by service"),
    (130, "EOWNERDEAD", "Owner died"),
    (131, "ENOTRECOVERABLE", "State not recoverable"),
    (132, "ERFKILL", "Operation not possible due to RF-kill"),
    (133, "EHWPOISON", "Memory page has hardware error"),
];
