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

/// How many closed spans are kept for their buffers.
const SPARE: usize = 16;

thread_local! {
    static SPANS: RefCell<Spans> = RefCell::default();
}

#[derive(Debug, Default)]
struct Spans {
    known: Vec<Option<KnownSpan>>,
    spare: VecDeque<Arc<Span>>,
}

/// A span, and its scope as the last event in it on this thread found it.
#[derive(Debug)]
pub(crate) struct KnownSpan {
    pub(crate) layer: u32,
    pub(crate) id: Id,
    pub(crate) span: Arc<Span>,
    pub(crate) scope: Option<Arc<SpanScope>>,
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

/// A span to make a new one of. The one that closed first is the one that no other is
/// inside of any more.
pub(crate) fn fresh() -> Arc<Span> {
    let mut spare = with(|spans| spans.spare.pop_front());
    let usable = spare.as_mut().and_then(Arc::get_mut).is_some_and(Span::is_spare);
    spare.filter(|_| usable).unwrap_or_default()
}

/// A thread that is ending knows nothing any more.
fn with<R>(work: impl FnOnce(&mut Spans) -> Option<R>) -> Option<R> {
    SPANS.try_with(|spans| work(&mut *spans.try_borrow_mut().ok()?)).ok().flatten()
}

fn place(id: &Id) -> usize {
    (id.into_u64().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize % KNOWN
}
