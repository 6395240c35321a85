//! [`Answer`]: what a peer said, as far as it tells success from failure.

use http::{Method, StatusCode, Uri};

use crate::grpc;

/// What a peer answered.
///
/// ```
/// use http::{Method, StatusCode, Uri};
/// use netcause_http::Answer;
///
/// let uri = Uri::from_static("http://api.example/v1/charge");
/// let answer = Answer::new(&Method::GET, &uri, StatusCode::NOT_FOUND);
/// assert!(!answer.is_failure());
/// let answer = Answer::new(&Method::GET, &uri, StatusCode::SERVICE_UNAVAILABLE);
/// assert!(answer.is_failure());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    method: &'a Method,
    uri: &'a Uri,
    status: StatusCode,
    grpc_status: Option<u32>,
}

impl<'a> Answer<'a> {
    /// An answer with a status of HTTP.
    #[must_use]
    pub fn new(method: &'a Method, uri: &'a Uri, status: StatusCode) -> Self {
        Answer { method, uri, status, grpc_status: None }
    }

    pub(super) fn with_grpc_status(self, grpc_status: Option<u32>) -> Self {
        Answer { grpc_status, ..self }
    }

    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.method
    }

    /// What was asked for.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        self.uri
    }

    /// The status of HTTP.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The status of gRPC, once it is known.
    #[must_use]
    pub fn grpc_status(&self) -> Option<u32> {
        self.grpc_status
    }

    /// What counts as a failure unless something else is said: 5xx and 429, and of gRPC's
    /// those that stand in their place.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.status.is_server_error()
            || self.status == StatusCode::TOO_MANY_REQUESTS
            || self.grpc_status.is_some_and(grpc::is_failure)
    }
}
