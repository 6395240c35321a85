//! Reading an error as an object, link by link.

use std::error::Error;
use std::fmt::Write;
use std::ops::Range;

use super::known::KnownWriter;
use super::line::LineWriter;
use super::walk::{self, Step};
use super::{Chain, MAX_LINKS, ReadOptions, Sanitize, mute, slack, state};

/// What hyper-util's `ConnectError` prints; the peer is in its `Debug` output.
const CONNECT_ERROR: &str = "tcp connect error";

/// What `TcpStream::connect_timeout` of the standard library prints when its limit runs
/// out; the operating system's text begins with a capital and has a number.
const CONNECT_TIMER: &str = "connection timed out";

/// Reads an error, and compares it with a known chain for as long as both are the same.
pub(super) struct Reader<'r> {
    options: &'r ReadOptions<'r>,
    sanitize: Option<Sanitize<'r>>,
    /// Nothing of it has been written to the chain yet.
    known: Option<&'r Chain>,
    /// How many links were those of the known chain.
    count: usize,
}

impl<'r> Reader<'r> {
    pub(super) fn new(
        options: &'r ReadOptions<'r>,
        sanitize: Option<Sanitize<'r>>,
        known: Option<&'r Chain>,
    ) -> Self {
        Reader { options, sanitize, known, count: 0 }
    }

    /// The known chain, if all links are its.
    pub(super) fn found(&self) -> Option<&'r Chain> {
        self.known.filter(|known| known.links.len() == self.count)
    }

    /// Reads all links; says whether nothing was cut.
    pub(super) fn read(&mut self, chain: &mut Chain, error: &(dyn Error + 'static)) -> bool {
        chain.clear();
        chain.is_read = true;
        chain.plain = self.sanitize.is_none();
        let (mut whole, mut next) = (true, Some(error));
        for _ in 0..MAX_LINKS {
            let Some(link) = next else { break };
            chain.facts.collect(link, self.options.classifiers);
            match walk::step(link) {
                Step::SameText(inner) => next = Some(inner),
                Step::Source(inner) => {
                    whole &= self.read_link(chain, link, inner.is_some());
                    next = inner;
                }
            }
        }
        if self.found().is_none() {
            self.take_known(chain);
        }
        whole
    }

    /// Reads one link; says whether nothing was cut.
    fn read_link(
        &mut self,
        chain: &mut Chain,
        error: &(dyn Error + 'static),
        has_source: bool,
    ) -> bool {
        let known = self.known.and_then(|known| Some((known, known.links.get(self.count)?)));
        // A last link is looked at more closely.
        let is_last = |known: &Chain| known.links.len() == self.count + 1;
        let known = known.filter(|(known, _)| is_last(known) != has_source);
        if known.is_none() && self.known.is_some() {
            self.take_known(chain);
        }
        let start = known.map_or_else(|| chain.open(), |(_, link)| link.start);
        let room = self.options.limit.saturating_sub(start);
        // An outer link leaves room for the inner ones, which say what happened.
        let room = if has_source { room / 2 } else { room };
        let mut out = LineWriter::new(&mut chain.text, start, start + room + slack(self.options));
        let os = walk::os_error(error);
        let is_same = match known {
            Some((known, link)) => {
                let mut writer = KnownWriter::new(&known.text, start, out);
                walk::render(error, os, &mut writer);
                writer.finish(link.end)
            }
            None => {
                walk::render(error, os, &mut out);
                false
            }
        };
        if !is_same {
            self.take_links(chain);
            if os.is_none() {
                self.read_between(chain, error, start, has_source);
            }
            return self.close_link(chain, start..start + room, os.is_some());
        }
        self.count += 1;
        if os.is_some() {
            chain.facts.code_text = known.map_or(0..0, |(_, link)| link.clone());
        }
        true
    }

    /// Writes what was known so far.
    fn take_known(&mut self, chain: &mut Chain) {
        let Some(known) = self.known else { return };
        self.take_links(chain);
        let end = chain.links.last().map_or(0, |link| link.end);
        chain.text.push_str(known.text.get(..end).unwrap_or_default());
    }

    fn take_links(&mut self, chain: &mut Chain) {
        if let Some(known) = self.known.take() {
            chain.links.extend(known.links.iter().take(self.count).cloned());
        }
    }

    /// Takes what an error that prints the text from `start` on tells nowhere but in its
    /// `Debug` output or by its type.
    fn read_between(
        &self,
        chain: &mut Chain,
        error: &(dyn Error + 'static),
        start: usize,
        has_source: bool,
    ) {
        let Some(text) = chain.text.get(start..) else { return };
        let is_mute = !has_source && mute::is_mute(text);
        match text {
            CONNECT_ERROR => chain.facts.peer = walk::peer_of_connect_error(error),
            CONNECT_TIMER => chain.facts.connect_timer = walk::is_of_std(error),
            text if state::may_be_sql(text) => {
                chain.facts.sql_state = state::sql_state(error).or(chain.facts.sql_state);
            }
            _ if is_mute => {}
            _ => return,
        }
        chain.plain = false;
        if is_mute {
            self.append_debug(chain, error);
        }
    }

    /// Ends the link that has that room; says whether nothing was cut.
    fn close_link(&self, chain: &mut Chain, room: Range<usize>, is_os: bool) -> bool {
        let (start, end) = (room.start, chain.text.len());
        chain.close_within(start, room.end, self.sanitize);
        chain.plain &= chain.links.last() == Some(&(start..end));
        if is_os {
            chain.facts.code_text = start..chain.text.len();
        }
        end <= room.end
    }

    /// Keeps what an error tells in its `Debug` output, for the verdict only.
    fn append_debug(&self, chain: &mut Chain, error: &(dyn Error + 'static)) {
        let debug = &mut chain.facts.debug;
        debug.clear();
        let _ = write!(LineWriter::new(debug, 0, mute::LIMIT), "{error:?}");
        if let Some(sanitize) = self.options.sanitize {
            sanitize(debug, 0);
        }
    }
}
