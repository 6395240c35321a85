//! What a chain tells by its types, beside its text.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;

use arrayvec::ArrayString;

use super::custom::{Classifiers, Opinion};
#[cfg(feature = "tonic")]
use super::grpc::Stated;
#[cfg(feature = "h2")]
use super::h2::Http2Fact;
#[cfg(feature = "rustls")]
use super::rustls::TlsFact;
use crate::downcast::downcast;
use crate::errno::Os;
use crate::{Fault, WithFault};

/// Where a text comes from, which decides how much it may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Source {
    /// Rendered from an error itself.
    #[default]
    Error,
    /// Somebody else's rendering of an error.
    Text,
    /// A log message, which may speak of anything.
    Message,
    /// A whole line of a log: time, level and source stand before the message.
    Line,
}

/// The typed facts of a chain.
#[derive(Debug, Default, Clone)]
pub(crate) struct Facts {
    /// Where the text comes from.
    pub(crate) source: Source,
    /// The innermost number that the operating system reported.
    pub(crate) code: Option<i32>,
    /// Where the text of that number stands.
    pub(crate) code_text: Range<usize>,
    /// The innermost kind that the standard library's errors carry and that is one of
    /// the connection's.
    pub(crate) kind: Option<Os>,
    /// Whether the limit of `TcpStream::connect_timeout` ran out.
    pub(crate) connect_timer: bool,
    /// Whether an error says that its input ended early.
    pub(crate) unexpected_eof: bool,
    /// The innermost code of a database's answer.
    pub(crate) sql_state: Option<ArrayString<5>>,
    /// The `Debug` output of a last link whose own text leaves open what happened.
    pub(crate) debug: String,
    /// The address that a connect error names.
    pub(crate) peer: Option<SocketAddr>,
    /// The verdict of rustls.
    #[cfg(feature = "rustls")]
    pub(crate) tls: Option<TlsFact>,
    /// The reason that the peer gave in HTTP/2.
    #[cfg(feature = "h2")]
    pub(crate) http2: Option<Http2Fact>,
    /// The outermost status of gRPC.
    #[cfg(feature = "tonic")]
    pub(crate) rpc: Option<Stated>,
    /// Whether the limit of a call with tonic ran out.
    #[cfg(feature = "tonic")]
    pub(crate) rpc_deadline: bool,
    /// The outermost fault that was put into the chain.
    pub(crate) with_fault: Option<Arc<Fault<'static>>>,
    /// The verdict of the user's classifiers.
    pub(crate) opinion: Opinion,
}

impl Facts {
    /// Takes what one link tells by its type.
    pub(crate) fn collect(&mut self, link: &(dyn Error + 'static), classifiers: &Classifiers) {
        if let Some(io) = downcast::<io::Error>(link) {
            self.collect_io(io);
        } else if let Some(with_fault) = downcast::<WithFault>(link) {
            self.with_fault.get_or_insert_with(|| Arc::clone(with_fault.fault()));
        }
        #[cfg(feature = "rustls")]
        if let Some(tls) = super::rustls::read(link) {
            self.tls = Some(tls);
        }
        #[cfg(feature = "h2")]
        {
            self.http2 = super::h2::read(link).or(self.http2);
            super::h2::io(link).into_iter().for_each(|io| self.collect_io(io));
        }
        #[cfg(feature = "tonic")]
        {
            self.rpc = self.rpc.or_else(|| super::tonic::read(link));
            self.rpc_deadline |= super::tonic::is_deadline(link);
        }
        self.opinion.hear(link, classifiers);
    }

    /// Forgets everything and keeps the buffer.
    pub(crate) fn clear(&mut self) {
        // One by one: a verdict, which is large, is hardly ever there.
        let Facts {
            source,
            code,
            code_text,
            kind,
            connect_timer,
            unexpected_eof,
            sql_state,
            debug,
            peer,
            #[cfg(feature = "rustls")]
            tls,
            #[cfg(feature = "h2")]
            http2,
            #[cfg(feature = "tonic")]
            rpc,
            #[cfg(feature = "tonic")]
            rpc_deadline,
            with_fault,
            opinion,
        } = self;
        (*source, *code, *code_text, *kind) = Default::default();
        (*connect_timer, *unexpected_eof, *sql_state, *peer) = Default::default();
        debug.clear();
        #[cfg(feature = "rustls")]
        tls.take();
        #[cfg(feature = "h2")]
        http2.take();
        #[cfg(feature = "tonic")]
        ((*rpc, *rpc_deadline) = Default::default());
        with_fault.take();
        opinion.clear();
    }

    fn collect_io(&mut self, io: &io::Error) {
        self.code = io.raw_os_error().or(self.code);
        self.kind = Os::of_kind(io.kind()).or(self.kind);
        self.unexpected_eof |= io.kind() == io::ErrorKind::UnexpectedEof;
    }

    /// Whether both tell the same but for what differs from one try to the next.
    pub(crate) fn tell_same(&self, other: &Facts) -> bool {
        // Taken apart, so that no fact is forgotten that comes to them.
        let Facts {
            source,
            code,
            code_text,
            kind,
            connect_timer,
            unexpected_eof,
            sql_state,
            debug,
            peer,
            #[cfg(feature = "rustls")]
            tls,
            #[cfg(feature = "h2")]
            http2,
            #[cfg(feature = "tonic")]
            rpc,
            #[cfg(feature = "tonic")]
            rpc_deadline,
            with_fault,
            opinion,
        } = self;
        #[cfg(feature = "rustls")]
        if *tls != other.tls {
            return false;
        }
        #[cfg(feature = "h2")]
        if *http2 != other.http2 {
            return false;
        }
        #[cfg(feature = "tonic")]
        if (rpc, rpc_deadline) != (&other.rpc, &other.rpc_deadline) {
            return false;
        }
        let same_fault = match (with_fault, &other.with_fault) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || one.tells_same(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        same_fault
            && *source == other.source
            && (code, code_text, kind) == (&other.code, &other.code_text, &other.kind)
            && (connect_timer, unexpected_eof) == (&other.connect_timer, &other.unexpected_eof)
            && (sql_state, peer) == (&other.sql_state, &other.peer)
            // Two empty buffers point nowhere, and some processors take long to compare them.
            && (debug.is_empty() && other.debug.is_empty() || *debug == other.debug)
            && opinion.tells_same(&other.opinion)
    }

    /// The fault that somebody has already stated: a classifier, else who made the error.
    pub(crate) fn stated(&self) -> Option<&Fault<'static>> {
        self.opinion.fault().or(self.with_fault.as_deref())
    }
}
