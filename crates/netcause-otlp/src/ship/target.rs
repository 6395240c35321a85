//! [`Target`]: where requests go, and what stands at the head of each.

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Uri};

use crate::{Error, ErrorKind, OtlpConfig, Protocol};

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    Logs,
    Traces,
}

impl Signal {
    /// As people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Signal::Logs => "logs",
            Signal::Traces => "traces",
        }
    }

    /// As the names of metrics call one of its records.
    pub(crate) fn item(self) -> &'static str {
        match self {
            Signal::Logs => "log",
            Signal::Traces => "span",
        }
    }

    /// The unit of their number, in metrics.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Signal::Logs => "{log_record}",
            Signal::Traces => "{span}",
        }
    }

    /// The method of its service in gRPC.
    fn rpc(self) -> &'static str {
        match self {
            Signal::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
            Signal::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        }
    }
}

/// Where requests go.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) signal: Signal,
    pub(crate) protocol: Protocol,
    pub(crate) is_tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) uri: Uri,
    pub(crate) gzip: bool,
    headers: HeaderMap,
}

impl Target {
    pub(crate) fn new(config: &OtlpConfig, signal: Signal) -> Result<Self, Error> {
        let wrong = |why: &str| {
            let text =
                format!("the endpoint {why}; it is to be like http://collector:4318/v1/logs");
            Error::new(ErrorKind::Endpoint, text)
        };
        let uri: Uri = config.endpoint.parse().map_err(|_| wrong("is no URL"))?;
        let is_tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(wrong("has neither the scheme http nor https")),
        };
        let host =
            uri.host().filter(|host| !host.is_empty()).ok_or_else(|| wrong("names no host"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let uri = request_uri(&uri, config.protocol, signal).ok_or_else(|| wrong("is no URL"))?;
        let headers = headers(config)?;
        Ok(Target {
            signal,
            protocol: config.protocol,
            is_tls,
            host,
            port,
            uri,
            gzip: config.gzip,
            headers,
        })
    }

    /// Where requests go, without what may be secret in a URL: for people.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{}:{}{}", self.host, self.port, self.uri.path())
    }

    /// A request with that body.
    pub(crate) fn request<B>(&self, body: B) -> Request<B> {
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        request.headers_mut().clone_from(&self.headers);
        request
    }
}

/// What stands in the request line: over HTTP/1.1 the path, the host in a header.
fn request_uri(endpoint: &Uri, protocol: Protocol, signal: Signal) -> Option<Uri> {
    match protocol {
        Protocol::HttpProtobuf | Protocol::HttpJson => {
            endpoint.path_and_query()?.as_str().parse().ok()
        }
        Protocol::Grpc => {
            let authority = host_and_port(endpoint)?;
            let builder = Uri::builder().scheme(endpoint.scheme_str()?).authority(authority);
            builder.path_and_query(signal.rpc()).build().ok()
        }
    }
}

/// Without a user and password, which a URL may carry.
fn host_and_port(endpoint: &Uri) -> Option<String> {
    let host = endpoint.host()?;
    Some(match endpoint.port_u16() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

fn headers(config: &OtlpConfig) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    let agent = concat!("OTel-OTLP-Exporter-Rust/", env!("CARGO_PKG_VERSION"), " netcause");
    headers.insert(hyper::header::USER_AGENT, HeaderValue::from_static(agent));
    let (kind, encoding) = match config.protocol {
        Protocol::HttpProtobuf => ("application/x-protobuf", "content-encoding"),
        Protocol::HttpJson => ("application/json", "content-encoding"),
        Protocol::Grpc => ("application/grpc", "grpc-encoding"),
    };
    headers.insert(hyper::header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if config.gzip {
        headers.insert(encoding, HeaderValue::from_static("gzip"));
    }
    if config.protocol == Protocol::Grpc {
        headers.insert("te", HeaderValue::from_static("trailers"));
    }
    if config.protocol != Protocol::Grpc {
        let endpoint: Option<Uri> = config.endpoint.parse().ok();
        let host = endpoint.as_ref().and_then(host_and_port).unwrap_or_default();
        if let Ok(host) = HeaderValue::from_str(&host) {
            headers.insert(hyper::header::HOST, host);
        }
    }
    for (name, value) in &config.headers {
        // The value may be a secret: only the name is told.
        let wrong = || {
            Error::new(ErrorKind::Header, format!("the header {name} is not one that HTTP allows"))
        };
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| wrong())?;
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(endpoint: &str, protocol: Protocol) -> Target {
        let config =
            OtlpConfig { endpoint: endpoint.to_owned(), protocol, ..OtlpConfig::default() };
        Target::new(&config, Signal::Logs).unwrap()
    }

    #[test]
    fn a_url_without_a_port_has_that_of_its_scheme() {
        for protocol in [Protocol::HttpProtobuf, Protocol::HttpJson, Protocol::Grpc] {
            assert_eq!(target("http://collector", protocol).port, 80);
            assert_eq!(target("https://collector", protocol).port, 443);
            assert_eq!(target("https://collector:4317", protocol).port, 4317);
        }
    }

    #[test]
    fn a_url_is_used_as_it_stands_and_told_without_what_may_be_secret() {
        let target =
            target("http://user:swordfish@[::1]:4318/in?key=swordfish", Protocol::HttpJson);
        assert_eq!((target.host.as_str(), target.port), ("::1", 4318));
        let request = target.request(());
        assert_eq!(request.uri(), "/in?key=swordfish");
        assert_eq!(request.headers()["host"], "[::1]:4318");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert!(!target.url().contains("swordfish"), "{}", target.url());
    }

    #[test]
    fn a_request_of_grpc_names_its_method_whatever_the_path() {
        let request = target("http://user@collector:4317/in", Protocol::Grpc).request(());
        let method = "opentelemetry.proto.collector.logs.v1.LogsService/Export";
        assert_eq!(request.uri().to_string(), format!("http://collector:4317/{method}"));
        assert_eq!(request.headers()["te"], "trailers");
    }
}
