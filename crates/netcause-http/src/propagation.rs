//! Trace context from one service to the next, by whoever knows it.
//!
//! OpenTelemetry's types are named elsewhere: what is installed here reads and writes its
//! current context as the headers of W3C's Trace Context.

use std::any::Any;
use std::sync::OnceLock;

use http::{HeaderMap, HeaderValue};

const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";

/// The headers of a trace context (W3C Trace Context §3).
///
/// ```
/// use netcause_http::TraceHeaders;
///
/// let headers = TraceHeaders {
///     parent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned(),
///     state: None,
/// };
/// assert!(headers.parent.starts_with("00-"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceHeaders {
    /// `traceparent`.
    pub parent: String,
    /// `tracestate`.
    pub state: Option<String>,
}

/// Whoever knows the trace that the current span belongs to.
pub trait Propagation: Send + Sync {
    /// The headers for a call that is made in the current span.
    fn outgoing(&self) -> Option<TraceHeaders>;

    /// Makes the trace of a request that came with these headers the current one, until what
    /// is returned is dropped.
    fn incoming(&self, headers: &TraceHeaders) -> Box<dyn Any>;
}

static INSTALLED: OnceLock<Box<dyn Propagation>> = OnceLock::new();

/// Lets trace contexts pass through the layers of this crate; the first one stays, and
/// whether this is the one is returned. `netcause::init` does so with its feature `trace-ids`.
///
/// ```
/// use netcause_http::{Propagation, TraceHeaders, set_propagation};
///
/// struct Nothing;
///
/// impl Propagation for Nothing {
///     fn outgoing(&self) -> Option<TraceHeaders> {
///         None
///     }
///
///     fn incoming(&self, _: &TraceHeaders) -> Box<dyn std::any::Any> {
///         Box::new(())
///     }
/// }
///
/// assert!(set_propagation(Nothing));
/// assert!(!set_propagation(Nothing));
/// ```
pub fn set_propagation(propagation: impl Propagation + 'static) -> bool {
    INSTALLED.set(Box::new(propagation)).is_ok()
}

/// Adds the trace context of the current span to the headers of a call.
pub(crate) fn outgoing(headers: &mut HeaderMap) {
    let Some(found) = INSTALLED.get().and_then(|installed| installed.outgoing()) else { return };
    let Ok(parent) = HeaderValue::try_from(found.parent) else { return };
    headers.insert(PARENT, parent);
    headers.remove(STATE);
    if let Some(Ok(state)) = found.state.map(HeaderValue::try_from) {
        headers.insert(STATE, state);
    }
}

/// Makes the trace that the headers of a request name the current one, until what is returned
/// is dropped.
pub(crate) fn incoming(headers: &HeaderMap) -> Option<Box<dyn Any>> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let installed = INSTALLED.get()?;
    Some(installed.incoming(&TraceHeaders { parent: text(PARENT)?, state: text(STATE) }))
}
