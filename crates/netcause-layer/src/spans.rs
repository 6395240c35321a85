//! What the layer does with spans: open, amend, remember, recall, close.
//!
//! One span's extensions are locked at a time, and never while a caller's code runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use netcause_record::named_peer;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use crate::NetcauseLayer;
use crate::event::{Report, Scratch};
use crate::fields::Fields;
use crate::memory::Seen;
use crate::scope::SpanScope;
use crate::span::{Outcome, SpanState, SpanStates};

/// How far up a fault is remembered: the span itself and four ancestors.
const REMEMBERING: usize = 5;

impl NetcauseLayer {
    /// Calls `with` with this layer's state of a span.
    pub(crate) fn with_state<'a, R: LookupSpan<'a>, T>(
        &self,
        span: &SpanRef<'a, R>,
        with: impl FnOnce(&SpanState) -> T,
    ) -> Option<T> {
        span.extensions().get::<SpanStates>()?.of(self.number).map(with)
    }

    fn with_state_mut<'a, R: LookupSpan<'a>>(
        &self,
        span: &SpanRef<'a, R>,
        with: impl FnOnce(&mut SpanState),
    ) {
        let mut extensions = span.extensions_mut();
        if let Some(state) =
            extensions.get_mut::<SpanStates>().and_then(|all| all.of_mut(self.number))
        {
            with(state);
        }
    }

    /// Keeps the fields of a new span.
    pub(crate) fn open<'a, R: LookupSpan<'a>>(&self, span: &SpanRef<'a, R>, fields: &mut Fields) {
        let state = SpanState::new(self.number, fields);
        let mut extensions = span.extensions_mut();
        match extensions.get_mut::<SpanStates>() {
            Some(states) => states.0.push(state),
            None => {
                let mut states = SpanStates::default();
                states.0.push(state);
                extensions.insert(states);
            }
        }
    }

    /// Replaces fields that were recorded later; a span that was never seen is opened.
    pub(crate) fn amend<'a, R: LookupSpan<'a>>(&self, span: &SpanRef<'a, R>, fields: &mut Fields) {
        if self.with_state(span, |_| ()).is_none() {
            return self.open(span, fields);
        }
        let mut lent = false;
        self.with_state_mut(span, |state| {
            state.replace(fields);
            lent = state.is_lent();
        });
        if lent {
            self.amended.fetch_add(1, Ordering::Release);
        }
    }

    /// Puts the fields of a span and its ancestors, kept with it or gathered anew, where the
    /// event finds them. An event that `reaches` shows that a call in the span goes on well.
    pub(crate) fn find_scope<'a, R: LookupSpan<'a>>(
        &self,
        span: &SpanRef<'a, R>,
        reaches: bool,
        scratch: &mut Scratch,
    ) {
        let version = self.amended.load(Ordering::Acquire);
        let found = self.with_state(span, |state| {
            if reaches && state.tells_peer {
                state.end_with(Outcome::Reached);
            }
            let kept = state.scope.as_ref().filter(|scope| scope.is_current(version))?;
            // Mostly it is that of the event before: no other thread need be told.
            if !scratch.scope.as_ref().is_some_and(|last| Arc::ptr_eq(last, kept)) {
                scratch.scope = Some(Arc::clone(kept));
            }
            Some(())
        });
        if found.flatten().is_none() {
            scratch.gathering.restart(version);
            scratch.scope = Some(self.gather(span, &mut scratch.gathering));
        }
    }

    fn gather<'a, R: LookupSpan<'a>>(
        &self,
        span: &SpanRef<'a, R>,
        buffers: &mut SpanScope,
    ) -> Arc<SpanScope> {
        let mut revision = 0;
        for (depth, span) in span.scope().enumerate() {
            self.with_state(&span, |state| {
                match depth {
                    0 => revision = state.revision,
                    _ => state.lend(),
                }
                buffers.add(state);
            });
        }
        let scope = Arc::new(buffers.clone());
        self.with_state_mut(span, |state| {
            // Another thread may have recorded a field since it was read.
            if state.revision == revision {
                state.scope = Some(Arc::clone(&scope));
            }
        });
        scope
    }

    /// The fault remembered on a span that an error speaks of.
    pub(crate) fn recall<'a, R: LookupSpan<'a>>(
        &self,
        span: &SpanRef<'a, R>,
        error: &str,
        now: Instant,
    ) -> Option<Arc<Seen>> {
        self.with_state(span, |state| state.memory.recall(error, now)).flatten()
    }

    /// Notes on the span that names a peer, so far up, that a call in it goes on well.
    pub(crate) fn reach<'a, R: LookupSpan<'a>>(&self, span: &SpanRef<'a, R>, depth: usize) {
        if let Some(caller) = span.scope().nth(depth) {
            self.with_state(&caller, |state| state.end_with(Outcome::Reached));
        }
    }

    /// Keeps what came of an event with the spans around it, up to the one that serves a
    /// caller, or the fourth ancestor.
    pub(crate) fn keep<'a, R: LookupSpan<'a>>(&self, span: &SpanRef<'a, R>, report: &Report<'_>) {
        let (outcome, seen) = match report {
            Report::Fault { seen, retried: true } => (Outcome::Retried, *seen),
            Report::Fault { seen, retried: false } => (Outcome::Fault, *seen),
            Report::Recalled => (Outcome::Fault, None),
            Report::Nothing => return,
        };
        if let Some(seen) = seen
            && self.with_state(span, |state| state.memory.knows(seen)) == Some(true)
        {
            return self.mark(span, outcome);
        }
        let seen = seen.cloned().map(Arc::new);
        let mut outcome = Some(outcome);
        for span in span.scope().take(REMEMBERING) {
            let mut last = false;
            self.with_state_mut(&span, |state| {
                if let Some(seen) = &seen {
                    state.memory.remember(seen);
                }
                if state.tells_peer
                    && let Some(outcome) = outcome.take()
                {
                    state.end_with(outcome);
                }
                last = state.serves_caller;
            });
            if last {
                return;
            }
        }
    }

    /// Notes the outcome on the innermost span that names a peer.
    fn mark<'a, R: LookupSpan<'a>>(&self, span: &SpanRef<'a, R>, outcome: Outcome) {
        for span in span.scope().take(REMEMBERING) {
            let ended = self.with_state(&span, |state| {
                if state.tells_peer {
                    state.end_with(outcome);
                }
                state.tells_peer || state.serves_caller
            });
            if ended == Some(true) {
                return;
            }
        }
    }

    /// When a call ends well, the spans around it forget its peer's earlier faults; when it
    /// ends and nothing tells how, they doubt them.
    pub(crate) fn close<'a, R: LookupSpan<'a>>(&self, span: &SpanRef<'a, R>) {
        let ended = self.with_state(span, |state| state.tells_peer.then(|| state.outcome()));
        let Some(outcome) = ended.flatten().filter(|outcome| *outcome != Outcome::Fault) else {
            return;
        };
        let ancestors = || span.scope().skip(1).take(REMEMBERING - 1);
        let remembers = |ancestor: SpanRef<'a, R>| {
            self.with_state(&ancestor, |state| !state.memory.is_empty()) == Some(true)
        };
        if !ancestors().any(remembers) {
            return;
        }
        let peer = self.with_state(span, |state| {
            named_peer(&state.fields()).map(|(host, port)| (host.into_owned(), port))
        });
        let Some((host, port)) = peer.flatten() else { return };
        for ancestor in ancestors() {
            self.with_state_mut(&ancestor, |state| match outcome {
                Outcome::Reached => state.memory.forget(&host, port),
                _ => state.memory.doubt(&host, port),
            });
        }
    }
}
