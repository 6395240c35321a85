//! [`Case`]: one failure, how to provoke it, and what is expected of its classification.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use netcause_fault::{Category, Phase, Reason};

use crate::world::World;

type Provoke = Box<dyn FnOnce(Arc<World>) -> Pin<Box<dyn Future<Output = Outcome> + Send>>>;

/// What a call came to: a failure, or nothing if it did not fail.
pub(crate) type Outcome = Option<Failure>;

/// A failure and the truth about whom it concerns.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Derefs to the error itself, of its own type.
    pub(crate) error: anyhow::Error,
    pub(crate) target: Target,
}

/// Whom a call meant to reach, and the address it really used.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) addr: Option<SocketAddr>,
}

pub(crate) struct Case {
    pub(crate) client: &'static str,
    pub(crate) name: String,
    pub(crate) expect: Expect,
    pub(crate) provoke: Provoke,
}

impl Case {
    pub(crate) fn new<F, Fut>(
        client: &'static str,
        name: impl Into<String>,
        expect: Expect,
        provoke: F,
    ) -> Self
    where
        F: FnOnce(Arc<World>) -> Fut + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let provoke: Provoke = Box::new(move |world| Box::pin(provoke(world)));
        Case { client, name: name.into(), expect, provoke }
    }
}

/// How an error reaches the classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As an object.
    Typed,
    /// Its chain joined by `: `, as `{error:#}` prints it.
    Joined,
    /// As `{error:?}` prints it.
    Debug,
    /// As an object, under two contexts of anyhow.
    Context,
    /// As `{error:#}` prints an anyhow error with two contexts.
    ContextJoined,
    /// As `{error:?}` prints it: in many lines, perhaps with a backtrace.
    ContextDebug,
}

/// The forms that any error has.
pub(crate) const FORMS: [Form; 3] = [Form::Typed, Form::Joined, Form::Debug];

/// The forms that an error has inside an anyhow error.
pub(crate) const CONTEXT_FORMS: [Form; 3] =
    [Form::Context, Form::ContextJoined, Form::ContextDebug];

impl Form {
    /// The form without contexts that says as much.
    pub(crate) fn plain(self) -> Form {
        match self {
            Form::Context => Form::Typed,
            Form::ContextJoined | Form::ContextDebug => Form::Joined,
            plain => plain,
        }
    }
}

/// Which parts of the peer the error itself states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    Nothing,
    /// The host and the port that the caller meant.
    Host,
    /// The host without its port.
    HostOnly,
    /// The address that was used.
    Address,
}

/// What is expected of one failure's classification.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expect {
    pub(crate) category: Category,
    /// Any of these; the reason is absent if there are none.
    pub(crate) reasons: &'static [Reason],
    /// The protocol's own code.
    pub(crate) code: Option<&'static str>,
    /// Any of these; of the typed form one of them, of a text also none.
    pub(crate) phases: &'static [Option<Phase>],
    pub(crate) names: Names,
    /// Other categories that are as true of what a text says.
    pub(crate) also: &'static [(Form, Category)],
    pub(crate) exceptions: &'static [Exception],
}

/// A form in which the category is known to be wrong or missing, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exception(pub(crate) Form, pub(crate) &'static str);

/// A category for one of the reasons, in no stated phase.
pub(crate) const fn expect(category: Category, reasons: &'static [Reason]) -> Expect {
    let (phases, names) = (&[None], Names::Nothing);
    Expect { category, reasons, code: None, phases, names, also: &[], exceptions: &[] }
}

/// A category with the protocol's own code.
pub(crate) const fn expect_code(category: Category, code: &'static str) -> Expect {
    let expected = expect(category, &[]).phase(&[Some(Phase::Response)]);
    Expect { code: Some(code), ..expected }
}

impl Expect {
    pub(crate) const fn phase(self, phases: &'static [Option<Phase>]) -> Self {
        Expect { phases, ..self }
    }

    pub(crate) const fn names(self, names: Names) -> Self {
        Expect { names, ..self }
    }

    pub(crate) const fn also(self, also: &'static [(Form, Category)]) -> Self {
        Expect { also, ..self }
    }

    pub(crate) const fn except(self, exceptions: &'static [Exception]) -> Self {
        Expect { exceptions, ..self }
    }

    /// Whether the category is right in this form.
    pub(crate) fn accepts(&self, form: Form, category: Category) -> bool {
        category == self.category || self.also.contains(&(form.plain(), category))
    }

    /// Why the category is not right in this form, if that is known.
    pub(crate) fn exception(&self, form: Form) -> Option<&'static str> {
        let form = form.plain();
        self.exceptions.iter().find(|exception| exception.0 == form).map(|exception| exception.1)
    }
}

pub(crate) const IN_DNS: &[Option<Phase>] = &[Some(Phase::Dns)];
pub(crate) const IN_CONNECT: &[Option<Phase>] = &[Some(Phase::Connect)];
pub(crate) const IN_PROXY: &[Option<Phase>] = &[Some(Phase::Proxy)];
pub(crate) const IN_TLS: &[Option<Phase>] = &[Some(Phase::Tls)];
pub(crate) const IN_BODY: &[Option<Phase>] = &[Some(Phase::Body)];
pub(crate) const IN_RESPONSE: &[Option<Phase>] = &[Some(Phase::Response)];
/// After the connection was made; where exactly is a matter of who was faster.
pub(crate) const IN_EXCHANGE: &[Option<Phase>] =
    &[None, Some(Phase::Request), Some(Phase::Response)];
/// A refused client certificate shows in the handshake (TLS 1.2) or after it (TLS 1.3).
pub(crate) const IN_TLS_OR_EXCHANGE: &[Option<Phase>] =
    &[None, Some(Phase::Tls), Some(Phase::Request), Some(Phase::Response)];
