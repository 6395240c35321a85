//! The spans that a thread has met lately, and what is left of those that closed on it.
//!
//! Looking a span up in the registry, and in it for what the layer keeps there, costs
//! several atomic operations; most of what happens, happens in the same few spans.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use tracing_core::span::Id;

use crate::scope::SpanScope;
use crate::span::Span;

/// How many spans are known; a new one takes the place of another.
const KNOWN: usize = 32;

/// How many closed spans, and scopes, are kept for their buffers.
const SPARE: usize = 16;

/// The most text whose buffer is used again for another span, in bytes.
const LARGEST: usize = 1024;

thread_local! {
    static SPANS: RefCell<Spans> = RefCell::default();
}

#[derive(Debug, Default)]
struct Spans {
    known: Vec<Option<KnownSpan>>,
    spare: VecDeque<Arc<Span>>,
    scopes: Vec<Arc<SpanScope>>,
}

/// A span.
#[derive(Debug)]
pub(crate) struct KnownSpan {
    pub(crate) layer: u32,
    pub(crate) id: Id,
    pub(crate) span: Arc<Span>,
    /// Its scope as the last event in it on this thread found it, if a span of it has been
    /// amended.
    pub(crate) amended: Option<Amended>,
}

/// A scope of which a span was amended.
#[derive(Debug)]
pub(crate) struct Amended {
    pub(crate) scope: Arc<SpanScope>,
    /// The layer's count of amended spans, and the span's own.
    pub(crate) at: (u64, u32),
}

impl KnownSpan {
    /// Whether it is that span. Ids are given again after a span has closed.
    fn is(&self, layer: u32, id: &Id) -> bool {
        self.id == *id && self.layer == layer && !self.span.is_closed()
    }
}

/// Takes a span out, if it is known; it should be [`put`] back.
pub(crate) fn take(layer: u32, id: &Id) -> Option<KnownSpan> {
    with(|spans| spans.known.get_mut(place(id))?.take_if(|known| known.is(layer, id)))
}

/// Calls `look` with a span, if it is known.
#[cfg_attr(not(feature = "trace-ids"), allow(dead_code))]
pub(crate) fn look<R>(layer: u32, id: &Id, look: impl FnOnce(&Arc<Span>) -> R) -> Option<R> {
    with(|spans| {
        let known = spans.known.get(place(id))?.as_ref();
        known.filter(|known| known.is(layer, id)).map(|known| look(&known.span))
    })
}

/// Makes a span known.
pub(crate) fn put(known: KnownSpan) {
    with(|spans| {
        if spans.known.is_empty() {
            spans.known.resize_with(KNOWN, || None);
        }
        let slot = spans.known.get_mut(place(&known.id))?;
        *slot = Some(known);
        Some(())
    });
}

/// Keeps a span that has closed for its buffers.
pub(crate) fn spare(span: Arc<Span>) {
    with(|spans| {
        if spans.spare.len() < SPARE {
            spans.spare.push_back(span);
        }
        Some(())
    });
}

/// A new span, made of one that has closed: of the one that closed first, for no other is
/// inside of that any more.
pub(crate) fn renewed(
    name: &'static str,
    parent: Option<Arc<Span>>,
    scope: Arc<SpanScope>,
    version: u64,
) -> Arc<Span> {
    let mut spare = with(|spans| spans.spare.pop_front()).unwrap_or_default();
    let old = match Arc::get_mut(&mut spare) {
        Some(span) => span.renew(name, parent, scope, version),
        None => {
            let mut span = Span::default();
            let old = span.renew(name, parent, scope, version);
            spare = Arc::new(span);
            old
        }
    };
    spare_scope(old);
    spare
}

/// Keeps a scope that was some span's for its buffers, and those around it, as far as nobody
/// else has them.
pub(crate) fn spare_scope(scope: Arc<SpanScope>) {
    let mut next = Some(scope);
    while let Some(mut scope) = next.take() {
        if Arc::strong_count(&scope) > 1 {
            return;
        }
        let Some(unique) = Arc::get_mut(&mut scope) else { return };
        next = unique.release();
        if unique.is_within(LARGEST) {
            with(|spans| {
                if spans.scopes.len() < SPARE {
                    spans.scopes.push(scope);
                }
                Some(())
            });
        }
    }
}

/// A scope to make a new one of.
pub(crate) fn fresh_scope() -> Arc<SpanScope> {
    with(|spans| spans.scopes.pop()).unwrap_or_default()
}

/// A thread that is ending knows nothing any more.
fn with<R>(work: impl FnOnce(&mut Spans) -> Option<R>) -> Option<R> {
    SPANS.try_with(|spans| work(&mut *spans.try_borrow_mut().ok()?)).ok().flatten()
}

fn place(id: &Id) -> usize {
    (id.into_u64().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize % KNOWN
}
