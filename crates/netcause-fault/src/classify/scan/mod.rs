//! One pass over a text: every rule that matches, and the facts that stand beside.

mod access;
mod anchors;
mod answers;
mod facts;
mod loose;
mod outcome;
mod standing;
mod status;

use std::cell::LazyCell;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use arrayvec::ArrayVec;

use self::anchors::each_match;
use self::standing::{Standing, is_read_in, standing};
use super::codes::Code;
use super::extract::{self, HostPort, Url};
use super::facts::{Facts, Source};
use super::grpc;
use super::rules::{KNOWN_BEFORE_URLS, KNOWN_LINKS, Rule, Says, Stage};
use super::{context, tls};
use crate::errno::Os;
use crate::{Category, MAX_LINKS, Phase, Reason};

/// What most decides so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// What happened.
    Is(Reason),
    /// What the operating system reported.
    Os(Os),
    /// A limit ran out; whether surely one of the program itself.
    Timer(bool),
    /// The status of the answer.
    Status(u16),
    /// The code of the answer.
    Rpc(&'static grpc::Code),
    /// What kind of failure it is, and no more.
    Of(Category),
    /// The code of the answer.
    Code(&'static Code),
}

/// How many words that speak of another machine may wait.
const MOST_TALK: usize = 8;

/// What was found without doubt.
#[derive(Debug)]
pub(super) struct Sure {
    best: Option<(u8, Finding)>,
    stages: u32,
}

/// What one pass over a text found.
#[derive(Debug, Default)]
pub(super) struct Reading<'a> {
    /// The finding of the highest rank; of equals the last, which is the innermost.
    best: Option<(u8, Finding)>,
    /// The same of words that count only beside words of alarm.
    doubtful: Option<(u8, Finding)>,
    stages: u32,
    doubtful_stages: u32,
    /// Whether what is being read counts only beside words of alarm.
    doubts: bool,
    /// What may name a peer, a limit or a try: all but the links that are known.
    pub(super) telling: ArrayVec<Range<usize>, MAX_LINKS>,
    /// The URL behind words of which it is known that they name who was called.
    pub(super) called: Option<Url<'a>>,
    /// What stands behind the words that announce an error of decoding the body.
    decode_rest: Option<&'a str>,
    pub(super) harmless: bool,
    /// Whether a word of alarm was found.
    pub(super) alarm: bool,
    /// Whether an input ended early.
    pub(super) ended: bool,
    pub(super) url: Option<Url<'a>>,
    /// Whether a URL stands there that is no page to read.
    pub(super) has_url: bool,
    pub(super) address: Option<HostPort<'a>>,
    pub(super) peer: Option<SocketAddr>,
    pub(super) alert: Option<&'a str>,
    pub(super) number: Option<i32>,
    /// How long ago a certificate ended, or how long until it starts.
    pub(super) certificate_age: Option<Duration>,
    pub(super) code: Option<&'a str>,
    /// The status that stands there, be it what decides or not.
    pub(super) status: Option<u16>,
    /// The outermost code of gRPC.
    pub(super) rpc: Option<grpc::Stated>,
    pub(super) phase: Option<Phase>,
    pub(super) method: Option<&'a str>,
}

impl<'a> Reading<'a> {
    /// Reads a text, which an error's links make up.
    pub(super) fn of(text: &'a str, links: &[Range<usize>], facts: &'a Facts) -> Self {
        let mut reading = Reading::default();
        #[cfg(feature = "tonic")]
        facts.rpc.into_iter().for_each(|stated| reading.take_rpc(stated));
        if facts.source != Source::Error {
            reading.scan(text, 0, text.len(), facts.source);
            reading.tell(0..text.len());
            return reading;
        }
        let mut read_to = 0;
        for link in links.iter().filter(|link| link.end <= text.len()) {
            // A repeat lies within the link before.
            if link.start < read_to {
                continue;
            }
            reading.read_link(text, link, facts);
            read_to = link.end;
        }
        if !facts.debug.is_empty() {
            reading.scan(&facts.debug, 0, facts.debug.len(), Source::Text);
        }
        reading
    }

    fn read_link(&mut self, text: &'a str, link: &Range<usize>, facts: &Facts) {
        let words = text.get(link.clone()).unwrap_or_default();
        if facts.code.is_some() && facts.code_text == *link {
            return;
        }
        if let Some((_, says)) = KNOWN_LINKS.iter().find(|(known, _)| *known == words) {
            self.take(*says, text, link.start, link.end);
        } else if !self.read_link_with_url(text, link, words) {
            self.scan(text, link.start, link.end, facts.source);
            self.tell(link.clone());
        }
    }

    /// Reads a link that is known but for its URL; says whether it is one.
    fn read_link_with_url(&mut self, text: &'a str, link: &Range<usize>, words: &str) -> bool {
        let Some((begin, says)) = KNOWN_BEFORE_URLS.iter().find(|(it, _)| words.starts_with(it))
        else {
            return false;
        };
        let start = link.start + begin.len();
        let end = link.end - usize::from(words.ends_with(')'));
        let Some(url) = extract::called(text, start..end).filter(|_| end < link.end) else {
            return false;
        };
        self.take(*says, text, link.start, start);
        self.tell(url.range());
        self.called = Some(url);
        self.take_url(url);
        true
    }

    fn tell(&mut self, range: Range<usize>) {
        // There are no more links than ranges have room.
        let _ = self.telling.try_push(range);
    }

    /// Reads what stands from an index on. What matches inside of a URL is a name, no word.
    fn scan(&mut self, text: &'a str, from: usize, to: usize, source: Source) {
        let is_read = |rule: &Rule| is_read_in(rule, source);
        // Asked for many a status, and each time of the whole text.
        let names_request = LazyCell::new(|| context::names_request(text));
        // Where another machine is spoken of: asked only if it matters.
        let mut talk = ArrayVec::<_, MOST_TALK>::new();
        each_match(text, from..to, is_read, |rule, start, end| {
            if rule.says == Says::At(Stage::Talk) && talk.try_push((rule, start, end)).is_ok() {
                return end;
            }
            match standing(rule, text, start, end, source, &|| *names_request) {
                Standing::None => return end,
                standing => self.doubts = standing == Standing::Doubtful,
            }
            if rule.says == Says::Url {
                return self.take_url_at(text, start, source);
            }
            if let Says::Rpc(form) = rule.says {
                let words = grpc::read(form, text.get(end..).unwrap_or_default());
                // The words of a code say nothing else.
                return words.map_or(end, |(stated, length)| {
                    self.take_rpc(stated);
                    end + length
                });
            }
            self.take(rule.says, text, start, end);
            match rule.says {
                // An alert's name speaks of the other side's certificate than the same words.
                Says::Alert => end + extract::alert(text.get(end..).unwrap_or_default()).len(),
                _ => end,
            }
        });
        if self.alarm || self.ended || bit(Stage::Malformed) & self.all_stages() != 0 {
            for (rule, start, end) in talk {
                let standing = standing(rule, text, start, end, source, &|| *names_request);
                self.doubts = standing == Standing::Doubtful;
                if standing != Standing::None {
                    self.place(Stage::Talk);
                }
            }
        }
        // What the types tell is sure.
        self.doubts = false;
    }

    fn all_stages(&self) -> u32 {
        self.stages | self.doubtful_stages
    }

    /// Places the failure.
    pub(super) fn place(&mut self, stage: Stage) {
        let stages = if self.doubts { &mut self.doubtful_stages } else { &mut self.stages };
        *stages |= bit(stage);
    }

    /// Whether anything was found that may be a failure.
    pub(super) fn has_something(&self) -> bool {
        self.best.is_some() || self.stages != 0 || self.ended
    }

    /// Whether something was found that counts only beside words of alarm.
    pub(super) fn has_doubts(&self) -> bool {
        self.doubtful.is_some() || self.doubtful_stages != 0
    }

    /// Counts it, and returns what counted before.
    pub(super) fn dismiss_doubts(&mut self) -> Sure {
        let sure = Sure { best: self.best, stages: self.stages };
        self.stages |= self.doubtful_stages;
        if let Some((rank, finding)) = self.doubtful
            && self.best.is_none_or(|(best, _)| rank > best)
        {
            self.best = Some((rank, finding));
        }
        sure
    }

    /// Counts no doubts after all.
    pub(super) fn return_to(&mut self, sure: Sure) {
        (self.best, self.stages) = (sure.best, sure.stages);
    }

    /// Whether the text places the failure there.
    pub(super) fn at(&self, stage: Stage) -> bool {
        self.stages & bit(stage) != 0
    }

    /// Whether the text places the failure at any of these.
    pub(super) fn at_any(&self, stages: &[Stage]) -> bool {
        stages.iter().any(|stage| self.at(*stage))
    }

    /// Whether the text speaks of a connection.
    pub(super) fn has_peer(&self) -> bool {
        let spoken_of = bit(Stage::Talk)
            | bit(Stage::Speak)
            | bit(Stage::Remote)
            | bit(Stage::Malformed)
            | bit(Stage::Pool);
        self.stages & !spoken_of != 0 || self.url.is_some() || self.address.is_some()
    }

    /// Whether the text is one of the HTTP clients whose own timers print these words.
    pub(super) fn has_client_stage(&self) -> bool {
        self.at_any(&[Stage::Connect, Stage::Request, Stage::Decode])
    }

    /// What most decides.
    pub(super) fn finding(&self) -> Option<Finding> {
        self.best.map(|(_, finding)| finding)
    }

    /// Whether nothing tells more than a kind of failure.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.finding(), None | Some(Finding::Of(_)))
    }

    /// Whether it was said in words of which each says little.
    pub(super) fn is_loose(&self) -> bool {
        self.best.is_some_and(|(rank, _)| rank <= loose::RANK)
    }

    /// Considers one more finding.
    pub(super) fn consider(&mut self, finding: Finding) {
        self.consider_at(rank(finding), finding);
    }

    fn consider_at(&mut self, rank: u8, finding: Finding) {
        let best = if self.doubts { &mut self.doubtful } else { &mut self.best };
        if best.is_none_or(|(best, _)| rank >= best) {
            *best = Some((rank, finding));
        }
    }

    /// Whether what was found is a matter of the peer's answer, if there is one: what else
    /// its words speak of did not happen to this connection.
    pub(super) fn is_answer(&self) -> bool {
        self.code.is_some() || !self.at(Stage::Answered)
    }

    /// Considers a code of gRPC, unless one stands further out.
    pub(super) fn take_rpc(&mut self, stated: grpc::Stated) {
        if self.rpc.is_some() {
            return;
        }
        self.rpc = Some(stated);
        if stated.is_decisive() {
            self.consider(Finding::Rpc(stated.code));
        } else if stated.is_telling() {
            self.consider(Finding::Of(stated.code.category));
        }
    }

    /// Whether something stands behind the words that announce a decoding error.
    pub(super) fn has_decode_error(&self) -> bool {
        let Some(rest) = self.decode_rest else { return false };
        if rest.contains(", source: ") {
            return true;
        }
        let rest = match rest.strip_prefix(" for url (") {
            Some(after) => after.split_once("): ").map_or("", |(_, inner)| inner),
            None => rest.strip_prefix(": ").unwrap_or_default(),
        };
        !rest.is_empty()
    }

    fn take(&mut self, says: Says, text: &'a str, start: usize, end: usize) {
        let after = text.get(end..).unwrap_or_default();
        match says {
            Says::Is(reason) => self.consider(Finding::Is(reason)),
            Says::Of(category) => self.consider(Finding::Of(category)),
            Says::Code(category) => {
                if extract::is_code(text, start, end) {
                    self.consider(Finding::Of(category));
                    self.rpc = self.rpc.or_else(|| grpc::numbered(text, start));
                }
            }
            Says::Os(os) => self.consider(Finding::Os(os)),
            Says::Timer | Says::OwnTimer => {
                self.consider(Finding::Timer(says == Says::OwnTimer));
            }
            Says::ExceededLimit => {
                if extract::exceeded(after).is_some() {
                    self.consider(Finding::Timer(false));
                }
            }
            Says::ConnectTimer => {
                self.place(Stage::Connect);
                self.consider(Finding::Timer(false));
            }
            Says::At(stage) => {
                self.place(stage);
                if matches!(stage, Stage::Decode | Stage::Body) {
                    self.decode_rest = Some(after);
                }
            }
            // "EOF while parsing a list" is said of a text.
            Says::Ended => self.ended |= !after.starts_with(" while parsing"),
            Says::Harmless | Says::HarmlessMessage => self.harmless = true,
            Says::Alarm => self.alarm |= !context::is_denied(text, start, end - start),
            Says::Alert => self.take_alert(extract::alert(after)),
            Says::Status | Says::StatusText | Says::StatusField | Says::StatusPhrase => {
                self.take_status(
                    says,
                    match says {
                        Says::Status => after,
                        Says::StatusText | Says::StatusField => status::near(after),
                        _ => text.get(start..).unwrap_or_default(),
                    },
                );
            }
            Says::Failed => self.take_failed(after),
            says if says.is_half() => {
                self.take_half(says, text.get(..start).unwrap_or_default(), after);
            }
            Says::Curl => self.take_curl(after),
            Says::Access => self.take_access(after),
            Says::AccessState => self.take_state(after),
            // Each takes what is its own.
            says => {
                self.take_fact(says, after);
                self.take_answer(says, text.get(..start).unwrap_or_default(), after);
            }
        }
    }

    /// Takes a URL and a status beside it; returns where the URL ends.
    fn take_url_at(&mut self, text: &'a str, start: usize, source: Source) -> usize {
        let url = extract::url(text, start);
        let before = text.get(..url.start).unwrap_or_default();
        let after = text.get(url.end..).unwrap_or_default();
        if source == Source::Line
            && let Some(status) = status::beside(before, after)
        {
            self.doubts = true;
            self.consider_at(RANK_STATUS_TEXT, Finding::Status(status));
        }
        self.take_url(url);
        url.end
    }

    fn take_alert(&mut self, name: &'a str) {
        self.consider(Finding::Is(tls::reason_of_alert(name)));
        self.alert = Some(name);
    }

    fn take_status(&mut self, says: Says, digits: &str) {
        let Some(status) = extract::status(digits) else { return };
        self.status = Some(status);
        let rank = if says == Says::Status { RANK_STATUS } else { RANK_STATUS_TEXT };
        self.consider_at(rank, Finding::Status(status));
    }

    /// Takes curl's number, which tells less than its words do.
    fn take_curl(&mut self, after: &str) {
        let Some(number) = extract::number(after) else { return };
        if let Some((_, finding)) = CURL_ERRORS.iter().find(|(known, _)| *known == number) {
            self.consider_at(loose::RANK, *finding);
        }
    }
}

/// Errors of libcurl (libcurl-errors(3)) whose number tells the category.
static CURL_ERRORS: &[(u64, Finding)] = &[
    (5, Finding::Of(Category::Dns)),
    (6, Finding::Of(Category::Dns)),
    (7, Finding::Of(Category::Unknown)),
    (16, Finding::Of(Category::Protocol)),
    (18, Finding::Is(Reason::BodyTruncated)),
    (28, Finding::Timer(false)),
    (35, Finding::Of(Category::TlsHandshake)),
    (47, Finding::Is(Reason::TooManyRedirects)),
    (51, Finding::Of(Category::TlsCertificate)),
    (52, Finding::Is(Reason::ConnectionClosed)),
    (55, Finding::Of(Category::ConnectionReset)),
    (56, Finding::Of(Category::ConnectionReset)),
    (58, Finding::Of(Category::TlsCertificate)),
    (60, Finding::Of(Category::TlsCertificate)),
    (67, Finding::Of(Category::Auth)),
    (92, Finding::Is(Reason::StreamReset)),
];

/// One bit a stage.
const fn bit(stage: Stage) -> u32 {
    1 << stage as u32
}

/// Strips words at the start, whatever their case.
fn strip<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    // Hardly any texts begin with the same letter.
    let [Some(one), Some(other)] = [text, words].map(|it| it.as_bytes().first()) else {
        return words.is_empty().then_some(text);
    };
    if !one.eq_ignore_ascii_case(other) {
        return None;
    }
    let start = text.get(..words.len())?;
    start.eq_ignore_ascii_case(words).then(|| text.get(words.len()..))?
}

const RANK_RPC: u8 = 120;
const RANK_STATUS: u8 = 100;
const RANK_STATUS_TEXT: u8 = 35;

/// How much a finding decides: the more precise, the more. A general wrapper around a
/// specific cause has the lower rank.
fn rank(finding: Finding) -> u8 {
    use Reason as R;
    match finding {
        Finding::Rpc(_) => RANK_RPC,
        Finding::Status(_) => RANK_STATUS,
        Finding::Is(reason) => match reason {
            R::TlsCertificateExpired
            | R::TlsCertificateNotYetValid
            | R::TlsCertificateNameMismatch
            | R::TlsCertificateUntrusted
            | R::TlsCertificateRevoked
            | R::TlsClientCertificateRequired
            | R::TlsClientCertificateRejected => 90,
            R::TlsCertificateInvalid => 88,
            // Who did not speak TLS showed no certificate.
            R::TlsPeerNotTls => 89,
            R::ProxyAuthRequired | R::ProxyTunnelError => 86,
            R::TlsAlpnMismatch
            | R::TlsUnrecognizedName
            | R::TlsProtocolVersion
            | R::TlsHandshakeClosed
            | R::TlsHandshakeTimeout => 80,
            R::TlsHandshakeFailure => 78,
            R::DnsHostNotFound | R::DnsNoAddress | R::DnsTemporaryFailure | R::DnsTimeout => 60,
            R::DnsFailure => 58,
            R::InvalidResponse => 50,
            R::StreamRefused | R::StreamReset | R::KeepaliveTimeout | R::BodyTruncated => 45,
            R::ConnectionClosed => 44,
            R::PoolTimeout => 43,
            R::TooManyRedirects => 40,
            R::ResponseTimeout => 31,
            R::Cancelled => 10,
            _ => 42,
        },
        Finding::Os(Os::OpenFiles | Os::Buffers | Os::AddressInUse | Os::AddressNotAvailable) => 70,
        // A library's word for what may be a limit of its own.
        Finding::Os(Os::Aborted) => 29,
        Finding::Os(Os::TimedOut) => 34,
        Finding::Os(Os::NotFound) => 7,
        Finding::Os(Os::Denied | Os::Invalid | Os::WouldBlock) => 0,
        Finding::Os(_) => 50,
        Finding::Code(code) if code.is_general() => 6,
        Finding::Code(_) => 95,
        Finding::Of(category) => rank_of(category),
        Finding::Timer(true) => 33,
        Finding::Timer(false) => 30,
    }
}

/// How much a kind of failure decides.
fn rank_of(category: Category) -> u8 {
    match category {
        Category::Cancelled => 85,
        Category::Auth => 65,
        Category::RateLimited => 64,
        Category::PoolExhausted => 66,
        Category::LocalResource => 61,
        Category::HttpServerError => 22,
        Category::HttpClientError => 21,
        Category::Unavailable => 20,
        Category::TlsHandshake | Category::TlsCertificate => 29,
        Category::Unknown => 1,
        _ => 2,
    }
}
