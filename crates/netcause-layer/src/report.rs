//! Events that report a fault: for the first time, or again.

use std::sync::Arc;
use std::time::Duration;

use netcause_fault::{Chain, Fault, Peer};
use netcause_record::{
    Field, PeerSource, Record, RenderedFault, Role, Selected, Sources, complete, complete_elapsed,
    rests_on_time, select,
};
use smallvec::SmallVec;

use crate::event::{Found, Logged};
use crate::fields::Entry;
use crate::memory::{Remembered, Seen, Sought};
use crate::repeat::{Failure, Kept, Repeat, Repeats, Site, Verdict, stated};
use crate::reported::agrees;
use crate::span::Outcome;
use crate::spans::{end_with, recall, remember};

/// The most fields of an event and its spans that are kept on the stack.
const ON_STACK: usize = 32;

impl<'a> Logged<'a> {
    /// An event whose error is one that was kept, as far as it was read again; says whether
    /// what came of it is the same, too, and was reported.
    pub(crate) fn report_known(
        &self,
        read: &Chain,
        kept: &mut Kept,
        export: impl Fn(&Record<'_>),
    ) -> bool {
        let scope = self.scope();
        match &mut kept.verdict {
            _ if kept.scope.is_none() || kept.scope != scope => {}
            None => {
                self.report_plain(export);
                return true;
            }
            Some(verdict) if verdict.is_settled(read, self.moment.place) => {
                let mut selected = Selected::new();
                self.select_shown(true, &mut selected);
                self.export_again(verdict, &mut selected, export);
                return true;
            }
            Some(_) => {}
        }
        self.with_sources(|sources| {
            let is_same = kept.is_among(read, sources);
            if is_same {
                kept.scope = scope;
            }
            is_same && self.report_kept(kept, read, sources, export)
        })
    }

    /// An event that may report a fault; says whether it does.
    pub(crate) fn report_fault(
        &self,
        site: Site,
        repeats: &mut Repeats,
        export: impl Fn(&Record<'_>),
    ) -> bool {
        self.with_sources(|sources| {
            let failure = Failure::new(site, self.chain, sources);
            if let Some(Repeat { kept, .. }) = repeats.find(&failure) {
                if kept.verdict.is_none() {
                    return false;
                }
                kept.scope = self.scope();
                if self.report_kept(kept, self.chain, sources, &export) {
                    return true;
                }
            }
            let is_repeated = repeats.sight(&failure);
            let Some(fault) = failure.chain.classify() else {
                if is_repeated {
                    repeats.keep(&failure, None);
                }
                return false;
            };
            let verdict = self.report_first(fault, sources, is_repeated, &export);
            if verdict.is_some() {
                repeats.keep(&failure, verdict);
            }
            true
        })
    }

    /// The scope of the event, if the event itself tells nothing that a fault is made of.
    fn scope(&self) -> Option<u64> {
        let tells_nothing = !self.moment.fields.list.iter().any(|entry| entry.key.is_fact());
        tells_nothing.then(|| self.moment.place.map_or(0, |place| place.scope.number))
    }

    /// Calls `with` with what event and spans tell a fault.
    fn with_sources<R>(&self, with: impl FnOnce(&Sources<'a, '_>) -> R) -> R {
        let mut facts: SmallVec<[Field<'a>; ON_STACK]> = self.moment.fields.iter().collect();
        let scope = self.moment.place.map(|place| place.scope);
        if let Some(scope) = scope {
            scope.each_fact(|fact| facts.push(fact));
        }
        let (event, facts) =
            facts.split_at_checked(self.moment.fields.list.len()).unwrap_or_default();
        let spans = scope.map(|scope| scope.spans(facts)).unwrap_or_default();
        with(&Sources { event, spans: &spans })
    }

    /// A fault that was not kept; returns what is to be kept of it, if it is to be.
    fn report_first(
        &self,
        fault: Fault<'_>,
        sources: &Sources<'_, '_>,
        is_repeated: bool,
        export: impl Fn(&Record<'_>),
    ) -> Option<Verdict> {
        let own = (fault.elapsed, fault.attempts);
        let rests_on_time = rests_on_time(&fault);
        let names_peer = |entry: &Entry| entry.key.names_peer();
        let may_recall = fault.peer.is_empty() && !self.moment.fields.list.iter().any(names_peer);
        let recalled = self.recall(&fault, may_recall, sources);
        let mut fault = fault;
        if let Some((seen, age)) = &recalled {
            seen.complete(&mut fault, *age);
            complete_elapsed(&mut fault.elapsed, sources);
            seen.complete_elapsed(&mut fault);
        }
        let source = complete(&mut fault, sources);
        if let Some((seen, _)) = &recalled {
            seen.complete_tries(&mut fault);
        }
        fault.diagnose();
        let mut selected = Selected::new();
        select(sources, &fault, source, &mut selected);
        self.export(&mut selected, Some(&Found { fault: &fault, rendered: None }), export);
        if recalled.is_some() {
            self.end_with(Outcome::Fault);
            // What memory tells, it may not tell again.
            return None;
        }
        self.end_with(self.outcome(&fault));
        let seen = self.remember(&fault, None);
        is_repeated.then(|| Verdict {
            own,
            stated: stated(self.chain),
            time: rests_on_time.then_some(fault.elapsed),
            rendered: RenderedFault::new(&fault, self.error().as_ref()),
            fault: fault.into_owned(),
            source,
            may_recall,
            seen,
            is_named: false,
            selects: true,
        })
    }

    /// A failure that was kept: only what differs from the last time is read. Says whether
    /// it was reported: memory may know more of it now.
    fn report_kept(
        &self,
        kept: &mut Kept,
        read: &Chain,
        sources: &Sources<'a, '_>,
        export: impl Fn(&Record<'_>),
    ) -> bool {
        let Some(verdict) = &mut kept.verdict else {
            self.report_plain(export);
            return true;
        };
        if self.recall(&verdict.fault, verdict.may_recall, sources).is_some() {
            return false;
        }
        verdict.renew(read, sources);
        let mut selected = Selected::new();
        select(sources, &verdict.fault, verdict.source, &mut selected);
        verdict.selects = selected.iter().any(|field| field.key.depends_on_fault());
        self.export_again(verdict, &mut selected, export);
        let named = || verdict.seen.as_ref().is_some_and(|(seen, _)| seen.is_named_by(sources));
        verdict.is_named = verdict.may_recall && named();
        true
    }

    /// Reports a fault that was kept, and remembers it unless it is remembered.
    fn export_again(
        &self,
        verdict: &mut Verdict,
        selected: &mut Selected<'a>,
        export: impl Fn(&Record<'_>),
    ) {
        let Verdict { fault, rendered, .. } = &*verdict;
        self.export(selected, Some(&Found { fault, rendered: Some(rendered) }), export);
        self.end_with(self.outcome(fault));
        let now = self.moment.timestamp;
        if !self.moment.place.is_some_and(|place| verdict.is_remembered(place.span, now)) {
            verdict.seen = self.remember(&verdict.fault, verdict.seen.take());
        }
    }

    /// What memory knows of the failure.
    ///
    /// What an event told before is no news where the fields name the very same peer, and
    /// is only taken where nothing names one; what our code reported has more to tell, and
    /// is taken by whatever does not name another peer.
    fn recall(
        &self,
        fault: &Fault<'_>,
        may_recall: bool,
        sources: &Sources<'_, '_>,
    ) -> Option<(Arc<Seen>, Duration)> {
        let span = self.moment.place?.span;
        let knows = span.remembers_reported() || may_recall && span.remembers();
        if !knows {
            return None;
        }
        let now = self.moment.timestamp;
        let (seen, at) = recall(span, Sought { error: self.chain.message(), fault }, now)?;
        let age = now.duration_since(at).unwrap_or_default();
        let is_wanted = match seen.fault() {
            // An error that has just this fault in its chain knows all of it.
            Some(reported) if self.states(reported) => false,
            Some(_) if seen.is_cut() && fault.peer.is_empty() => false,
            Some(reported) => is_of_same_peer(fault, reported, sources),
            None => may_recall && !seen.is_named_by(sources),
        };
        is_wanted.then_some((seen, age))
    }

    fn states(&self, reported: &Fault<'_>) -> bool {
        self.chain.stated().is_some_and(|stated| std::ptr::eq(stated, reported))
    }

    /// Keeps the fault with the spans, and returns what is kept: what was kept of it
    /// elsewhere, where that tells the same.
    fn remember(&self, fault: &Fault<'_>, before: Option<Remembered>) -> Option<Remembered> {
        let (span, now) = (self.moment.place?.span, self.moment.timestamp);
        let before = before.map(|(seen, _)| seen).filter(|seen| seen.tells_time(fault));
        let seen = match before {
            Some(seen) => seen,
            None => {
                let seen = Seen::new(fault, self.chain.innermost())?;
                if let Some(known) = span.lock().memory.known(&seen, now) {
                    return Some(known.clone());
                }
                Arc::new(seen)
            }
        };
        remember(span, &seen, now);
        Some((seen, now))
    }

    pub(crate) fn end_with(&self, outcome: Outcome) {
        if let Some(place) = &self.moment.place {
            end_with(place, outcome);
        }
    }

    /// How the call ends: whether another try is to follow inside the span that names the
    /// peer, as tries are counted on the event, or on a span inside that one.
    fn outcome(&self, fault: &Fault<'_>) -> Outcome {
        let attempts = &fault.attempts;
        let left =
            attempts.attempt.zip(attempts.max_attempts).is_some_and(|(made, max)| made < max);
        let counts = |entry: &Entry| entry.key.role == Role::Attempt;
        let counted = || {
            self.moment.fields.list.iter().any(counts)
                || self.moment.place.is_some_and(|place| place.scope.counts_tries_inside)
        };
        let retried = left && attempts.exhausted != Some(true) && counted();
        if retried { Outcome::Retried } else { Outcome::Fault }
    }
}

/// Whether neither the error nor the fields name another peer than the one reported.
fn is_of_same_peer(fault: &Fault<'_>, reported: &Fault<'_>, sources: &Sources<'_, '_>) -> bool {
    if !agrees(&fault.peer, &reported.peer) {
        return false;
    }
    match sources.named_peer() {
        Some((host, port)) => {
            let named = Peer { server_address: Some(host), server_port: port, ..Peer::default() };
            agrees(&named, &reported.peer)
        }
        None => sources.peer_source() == PeerSource::Nowhere,
    }
}
