//! What a host looks like.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::dictionary::Dictionary;
use super::words::is_one_of;

/// A host and its port, as a text names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::classify) struct HostPort<'a> {
    /// The name or address, IPv6 without brackets.
    pub(in crate::classify) host: &'a str,
    /// The port, stated or implied by the scheme.
    pub(in crate::classify) port: Option<u16>,
}

impl HostPort<'_> {
    /// Whether it is surely an address: it has a port, or is an IP address.
    pub(in crate::classify) fn is_explicit(&self) -> bool {
        self.port.is_some() || is_ip(self.host)
    }

    /// Whether no name server is asked for it.
    pub(in crate::classify) fn needs_no_lookup(&self) -> bool {
        is_ip(self.host) || self.host.eq_ignore_ascii_case("localhost")
    }
}

/// What a host looks like by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An IP address, perhaps one whose digits somebody made unreadable.
    Address,
    /// A name with dots.
    Domain,
    /// A single word, which may be any word.
    Word,
}

/// What a host looks like; nothing, where it can be none.
pub(super) fn kind(host: &str) -> Option<Kind> {
    let has = parts_of(host);
    // Most names have neither a digit nor a colon.
    let may_be_ip = has & (DIGIT | COLON) != 0;
    if (may_be_ip && is_ip(host)) || (has & DOT != 0 && is_masked(host)) {
        return Some(Kind::Address);
    }
    let is_name = has & LETTER != 0 && has & (STAR | OTHER) == 0 && host.len() <= 255;
    if !is_name || host.starts_with(['.', '-']) {
        return None;
    }
    let last_dot = host.bytes().rposition(|byte| byte == b'.');
    let Some((before, last)) = last_dot.and_then(|at| host.split_at_checked(at)) else {
        return Some(Kind::Word);
    };
    let is_domain = !before.ends_with('.') && is_top(last.get(1..).unwrap_or_default());
    is_domain.then_some(Kind::Domain)
}

/// What a host consists of: a bit for each kind of its bytes.
fn parts_of(host: &str) -> u8 {
    host.bytes().fold(0, |parts, byte| parts | PARTS.get(usize::from(byte)).unwrap_or(&OTHER))
}

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const DOT: u8 = 4;
/// `-` and `_`.
const DASH: u8 = 8;
const STAR: u8 = 16;
const OTHER: u8 = 32;
/// Is one of the others, too.
const COLON: u8 = 64;

static PARTS: [u8; 256] = {
    let mut parts = [OTHER; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        parts[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' => DIGIT,
            b'.' => DOT,
            b'-' | b'_' => DASH,
            b'*' => STAR,
            b':' => COLON | OTHER,
            _ => OTHER,
        };
        byte += 1;
    }
    parts
};

/// Whether a last label is no number.
fn is_top(label: &str) -> bool {
    let is_plain = label.bytes().all(|byte| byte.is_ascii_alphabetic());
    label.len() >= 2 && (is_plain || label.starts_with("xn--"))
}

/// What the names of files end with.
#[rustfmt::skip]
static FILES: Dictionary<(), 256> = Dictionary::new(&[(&[
    "go", "rs", "py", "pyx", "java", "js", "mjs", "cjs", "jsx", "ts", "tsx", "rb", "c", "cc",
    "cpp", "cxx", "h", "hpp", "hh", "cs", "fs", "vb", "php", "inc", "lua", "ex", "exs", "erl",
    "hrl", "scala", "kt", "kts", "swift", "m", "mm", "pl", "pm", "sh", "bash", "conf", "cfg",
    "cnf", "ini", "json", "yaml", "yml", "toml", "xml", "html", "htm", "log", "txt", "md", "sock",
    "socket", "service", "so", "dll", "exe", "jar", "war", "pem", "crt", "cer", "key", "csr",
    "sql", "tmp", "gz", "tgz", "zip", "tar", "deb", "rpm", "whl", "dart", "clj", "groovy",
    "gradle", "lock", "pid", "csv", "proto", "vue", "cshtml", "asp", "aspx", "jsp", "img", "png",
    "jpg", "gif", "css",
], ())]);

/// Whether a name with dots looks like a file, a class or a package instead.
pub(super) fn is_no_domain(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    FILES.contains(last) || is_hump(last) || is_class(host)
}

/// Whether a word has letters of both cases, as classes have.
pub(super) fn is_hump(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_uppercase())
        && word.contains(|c: char| c.is_ascii_lowercase())
}

/// Whether the labels stand in the order of packages: the top first.
fn is_class(host: &str) -> bool {
    const TOPS: &[&str] = &[
        "com",
        "org",
        "net",
        "io",
        "java",
        "javax",
        "jdk",
        "sun",
        "akka",
        "scala",
        "kotlin",
        "system",
        "microsoft",
    ];
    let mut labels = host.split('.');
    let first = labels.next().unwrap_or_default();
    (is_one_of(first, TOPS) || first.len() == 1) && labels.count() >= 2
}

/// Whether it is an IP address, perhaps with its interface.
pub(super) fn is_ip(host: &str) -> bool {
    // Most words have neither a digit first nor a colon.
    if !host.starts_with(|c: char| c.is_ascii_digit()) && !host.contains(':') {
        return false;
    }
    host.split('%').next().is_some_and(|it| it.parse::<IpAddr>().is_ok())
}

/// Whether it is the address of no host in particular.
pub(super) fn is_unspecified(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok_and(|it| it.is_unspecified())
}

/// Whether it is an address whose digits somebody made unreadable: `10.xxx.xx.xxx`.
pub(super) fn is_masked(host: &str) -> bool {
    // Most names end here: their first label is a word.
    let mut label = host.bytes().take_while(|byte| *byte != b'.');
    let is_number = host.starts_with(|c: char| c.is_ascii_digit() || c == '+');
    let is_repeated = label.next().is_some_and(|first| label.all(|byte| byte == first));
    if !is_number && !is_repeated {
        return false;
    }
    let mut parts = 0;
    for part in host.split('.') {
        parts += 1;
        let mut bytes = part.bytes();
        let Some(first) = bytes.next() else { return false };
        let is_mask = (first == b'*' || first.is_ascii_lowercase() || first == b'X')
            && bytes.all(|byte| byte == first);
        let is_number = part.parse::<u8>().is_ok();
        if part.len() > 4 || !(is_mask || is_number) {
            return false;
        }
    }
    let has_mask = host.contains(|c: char| !c.is_ascii_digit() && c != '.');
    let is_usual = host.contains(|c: char| c.is_ascii_digit() || matches!(c, 'x' | 'X' | '*'));
    parts == 4 && has_mask && is_usual
}

/// Whether it may be a host in a URL, where everything else announces one.
pub(in crate::classify) fn is_host(host: &str) -> bool {
    let has = parts_of(host);
    if has & COLON != 0 {
        return host.split('%').next().is_some_and(|it| it.parse::<Ipv6Addr>().is_ok());
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '*');
    host.len() <= 255
        && (has & OTHER == 0 || host.chars().all(is_part))
        && (has & (LETTER | DIGIT) != 0 || host.contains(char::is_alphanumeric) || is_masked(host))
        && (has & !(DIGIT | DOT) != 0 || host.parse::<Ipv4Addr>().is_ok())
}

/// A port at the start, and what follows its digits.
pub(super) fn port(text: &str) -> Option<(u16, &str)> {
    let mut port = 0_u16;
    let mut rest = text.as_bytes();
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        port = port.checked_mul(10)?.checked_add(u16::from(digit - b'0'))?;
        if port == 0 {
            return None;
        }
        rest = after;
    }
    (port != 0).then_some((port, text.get(text.len() - rest.len()..)?))
}
