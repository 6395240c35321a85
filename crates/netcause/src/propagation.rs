//! Trace contexts through the layers of `netcause-http`.

/// Lets the layers of calls and requests pass trace contexts on, once in a process.
pub(crate) fn install() {
    #[cfg(all(feature = "http", feature = "trace-ids"))]
    netcause_http::set_propagation(OfLayer);
}

#[cfg(all(feature = "http", feature = "trace-ids"))]
struct OfLayer;

#[cfg(all(feature = "http", feature = "trace-ids"))]
impl netcause_http::Propagation for OfLayer {
    fn outgoing(&self) -> Option<netcause_http::TraceHeaders> {
        let (parent, state) = netcause_layer::trace_headers()?;
        Some(netcause_http::TraceHeaders { parent, state })
    }

    fn incoming(&self, headers: &netcause_http::TraceHeaders) -> Box<dyn std::any::Any> {
        Box::new(netcause_layer::enter_trace(&headers.parent, headers.state.as_deref()))
    }
}
