//! Sentences about what the peer answered, or did not.

use std::fmt::{self, Write};

use super::summary::Summary;
use super::target::path_of;
use crate::Reason;
use crate::duration::write_number;

impl Summary<'_> {
    pub(super) fn write_no_answer(&self, out: &mut impl Write) -> fmt::Result {
        if self.0.request.status.is_some() {
            return self.write_answer(out, "");
        }
        let in_body = self.0.reason == Some(Reason::BodyTimeout);
        let verb = if in_body { " did not finish its answer to " } else { " did not answer " };
        if self.target().is_unknown() {
            out.write_str(if in_body { "No complete answer" } else { "No answer" })?;
            self.write_request(out, " to ")?;
        } else {
            self.target().write(out, "Host ")?;
            if !self.write_request_if_known(out, verb)? {
                out.write_str(if in_body {
                    " did not finish its answer"
                } else {
                    " did not answer"
                })?;
            }
        }
        self.write_within(out)
    }

    pub(super) fn write_auth(&self, out: &mut impl Write) -> fmt::Result {
        if self.0.reason == Some(Reason::ProxyAuthRequired) && self.0.request.status.is_none() {
            out.write_str("Proxy wants credentials")?;
            return self.target().write(out, " for the way to host ");
        }
        self.write_answer(out, "did not accept the credentials")
    }

    pub(super) fn write_protocol(&self, out: &mut impl Write) -> fmt::Result {
        match self.0.reason {
            Some(Reason::ProxyTunnelError) => {
                out.write_str("Proxy refused the tunnel")?;
                self.target().write(out, " to host ")
            }
            Some(Reason::TooManyRedirects) => {
                self.write_subject(out)?;
                self.write_request_if_known(out, " redirects ")?;
                out.write_str(if self.0.request.method.is_some() {
                    " without end"
                } else {
                    " redirects without end"
                })
            }
            Some(Reason::BodyDecodeError) => {
                out.write_str("Answer")?;
                self.target().write(out, " of host ")?;
                self.write_request(out, " to ")?;
                out.write_str(" could not be decoded")
            }
            _ => {
                self.write_subject(out)?;
                out.write_str(" sent an answer that is not of the protocol")
            }
        }
    }

    /// `Host H on port P answered GET /x with status 503`, or what the peer did.
    pub(super) fn write_answer(&self, out: &mut impl Write, otherwise: &str) -> fmt::Result {
        self.write_subject(out)?;
        if let Some(status) = self.0.request.status {
            out.write_str(" answered ")?;
            if self.write_request_if_known(out, "")? {
                out.write_str(" ")?;
            }
            out.write_str("with status ")?;
            return write_number(out, u64::from(status));
        }
        out.write_str(" ")?;
        out.write_str(otherwise)?;
        let Some(code) = self.0.code.as_deref() else { return Ok(()) };
        out.write_str(" (")?;
        out.write_str(code)?;
        out.write_str(")")
    }

    fn write_subject(&self, out: &mut impl Write) -> fmt::Result {
        if self.target().is_unknown() {
            return out.write_str("The peer");
        }
        self.target().write(out, "Host ")
    }

    pub(super) fn write_request(&self, out: &mut impl Write, before: &str) -> fmt::Result {
        self.write_request_if_known(out, before).map(|_| ())
    }

    /// `GET /v1/charge`, where the method is known; whether it was.
    fn write_request_if_known(
        &self,
        out: &mut impl Write,
        before: &str,
    ) -> Result<bool, fmt::Error> {
        let Some(method) = self.0.request.method.as_deref() else { return Ok(false) };
        out.write_str(before)?;
        out.write_str(method)?;
        if let Some(path) = self.0.request.url.as_deref().and_then(path_of) {
            out.write_str(" ")?;
            out.write_str(path)?;
        }
        Ok(true)
    }
}
