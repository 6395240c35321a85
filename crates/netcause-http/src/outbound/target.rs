//! [`Target`]: what a call asks, and of whom.

use std::borrow::Cow;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use http::{HeaderMap, Method, Request, Uri, header};
use netcause_fault::Fault;
use netcause_record::Redactor;

/// What a call asks, and of whom.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) method: Method,
    pub(super) uri: Uri,
    /// Names the host where the request itself does not.
    origin: Option<Uri>,
    /// The host, without the brackets of an IPv6 address: a URI looks for it each time.
    host: Option<String>,
    port: Option<u16>,
    pub(super) is_grpc: bool,
}

impl Target {
    pub(super) fn of<B>(request: &Request<B>, origin: Option<&Uri>) -> Self {
        let uri = request.uri().clone();
        let origin = match uri.host() {
            Some(_) => None,
            None => origin.cloned().or_else(|| of_header(request.headers())),
        };
        let is_grpc = crate::grpc::is_grpc(request.headers());
        let named = origin.as_ref().unwrap_or(&uri);
        let host = named.host().map(|host| host.trim_matches(['[', ']']).to_owned());
        let port = named.port_u16().or_else(|| match named.scheme_str()? {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        });
        Target { method: request.method().clone(), uri, origin, host, port, is_grpc }
    }

    fn named(&self) -> &Uri {
        self.origin.as_ref().unwrap_or(&self.uri)
    }

    pub(super) fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    pub(super) fn port(&self) -> Option<u16> {
        self.port
    }

    /// `url.full`, without secrets; of a request that names no host what is known of it.
    pub(super) fn url(&self) -> Option<Url<'_>> {
        self.host().map(|_| Url(self))
    }

    /// Says in a fault who was asked, and what.
    pub(super) fn name(&self, fault: &mut Fault<'_>) {
        if let Some(host) = self.host() {
            fault.peer.server_address = Some(host.to_owned().into());
            fault.peer.server_port = self.port();
        }
        fault.peer.protocol.get_or_insert(if self.is_grpc { "grpc" } else { "http" }.into());
        let request = &mut fault.request;
        request.method.get_or_insert_with(|| self.method.as_str().to_owned().into());
        request.url = request.url.take().or_else(|| self.url().map(|url| url.to_text()));
    }

    /// A hash of all that is asked, where asking twice is the same as once.
    pub(super) fn identity(&self) -> Option<u64> {
        if self.method != Method::GET && self.method != Method::HEAD {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        (&self.method, self.named().authority(), &self.uri).hash(&mut hasher);
        Some(hasher.finish())
    }
}

fn of_header(headers: &HeaderMap) -> Option<Uri> {
    let host = headers.get(header::HOST)?.as_bytes();
    Uri::try_from(host).ok().filter(|uri| uri.authority().is_some())
}

/// A URL without the secrets in it.
#[derive(Debug)]
pub(super) struct Url<'a>(&'a Target);

impl Url<'_> {
    /// The same as a text.
    pub(super) fn to_text(&self) -> Cow<'static, str> {
        self.to_string().into()
    }
}

impl fmt::Display for Url<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (target, named) = (self.0, self.0.named());
        if let Some(scheme) = named.scheme_str() {
            f.write_str(scheme)?;
            f.write_str("://")?;
        }
        let authority = named.authority().map(|authority| authority.as_str()).unwrap_or_default();
        // A user and a password stand before the host.
        f.write_str(authority.rsplit_once('@').map_or(authority, |(_, host)| host))?;
        f.write_str(target.uri.path())?;
        let Some(query) = target.uri.query() else { return Ok(()) };
        let mut text = format!("/?{query}");
        Redactor::default().text(&mut text, 0);
        f.write_str(text.get(1..).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(uri: &str) -> Target {
        let request = Request::builder().uri(uri).header("host", "api.example:8080");
        Target::of(&request.body(()).unwrap(), None)
    }

    #[test]
    fn secrets_are_no_part_of_a_url() {
        let target = target("https://bob:pw@db.example:8443/v1/charge?api_key=abc&x=1");
        let url = target.url().unwrap().to_text();
        assert!(url.starts_with("https://db.example:8443/v1/charge?"), "{url}");
        assert!(!url.contains("pw") && !url.contains("abc"), "{url}");
    }

    #[test]
    fn a_request_without_a_host_has_that_of_its_header() {
        let target = target("/v1/charge");
        assert_eq!((target.host(), target.port()), (Some("api.example"), Some(8080)));
        assert_eq!(target.url().unwrap().to_text(), "api.example:8080/v1/charge");
    }

    #[test]
    fn hosts_have_no_brackets_and_ports_follow_from_the_scheme() {
        let target = target("https://[2001:db8::1]/");
        assert_eq!((target.host(), target.port()), (Some("2001:db8::1"), Some(443)));
    }

    #[test]
    fn the_same_get_is_the_same_and_another_query_is_not() {
        let identity = |uri| target(uri).identity().unwrap();
        assert_eq!(identity("http://a/?x=1"), identity("http://a/?x=1"));
        assert_ne!(identity("http://a/?x=1"), identity("http://a/?x=2"));
        assert_ne!(identity("http://a/"), identity("http://b/"));
        let post = Request::post("http://a/").body(()).unwrap();
        assert_eq!(Target::of(&post, None).identity(), None);
    }
}
