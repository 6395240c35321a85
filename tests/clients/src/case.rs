//! [`Case`]: one failure, how to provoke it, and what is expected of its classification.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use netcause_fault::{Category, Phase, Reason};

/// What provoking came to: the failure, or why there is none.
pub type Outcome = Result<Failure, Box<dyn Error + Send + Sync>>;

type Provoke = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send>;

/// One failure of one client.
pub struct Case {
    /// The crate that fails.
    pub client: &'static str,
    /// What happens to it.
    pub name: String,
    /// What an experienced on-call engineer would say of it.
    pub expect: Expect,
    /// Makes it happen.
    pub provoke: Provoke,
}

impl Case {
    /// A failure that the closure provokes.
    pub fn new<F, Fut>(
        client: &'static str,
        name: impl Into<String>,
        expect: Expect,
        provoke: F,
    ) -> Self
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        Case { client, name: name.into(), expect, provoke: Box::new(|| Box::pin(provoke())) }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("client", &self.client).field("name", &self.name).finish()
    }
}

/// How an error reaches the classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As an object.
    Typed,
    /// Its chain joined by `: `, as `{error:#}` prints it.
    Joined,
    /// As `{error}` prints it; most clients leave the cause out.
    Display,
    /// As `{error:?}` prints it.
    Debug,
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 4] = [Form::Typed, Form::Joined, Form::Display, Form::Debug];

    /// Whether nothing of the chain is lost in it.
    pub(crate) fn is_whole(self) -> bool {
        matches!(self, Form::Typed | Form::Joined)
    }
}

/// An error, and the truth about whom it concerns.
pub struct Failure {
    pub(crate) held: Box<dyn Held>,
    pub(crate) names: Vec<String>,
    pub(crate) port: Option<u16>,
}

impl Failure {
    /// The error of a call, of its own type.
    ///
    /// # Errors
    ///
    /// When the call did not fail.
    pub fn of<T, E>(result: Result<T, E>) -> Outcome
    where
        E: Error + Send + Sync + 'static,
    {
        Self::held(result)
    }

    /// The error of a call, boxed: `Box<dyn Error + Send + Sync>`.
    ///
    /// # Errors
    ///
    /// When the call did not fail.
    pub fn of_boxed<T>(result: Result<T, Box<dyn Error + Send + Sync>>) -> Outcome {
        Self::held(result.map_err(Boxed))
    }

    /// The error of a call, in an anyhow error.
    ///
    /// # Errors
    ///
    /// When the call did not fail.
    pub fn of_anyhow<T>(result: anyhow::Result<T>) -> Outcome {
        Self::held(result.map_err(Anyhow))
    }

    /// The error of a call, in an eyre report.
    ///
    /// # Errors
    ///
    /// When the call did not fail.
    pub fn of_eyre<T>(result: eyre::Result<T>) -> Outcome {
        Self::held(result.map_err(Eyre))
    }

    fn held<T, H: Held + 'static>(result: Result<T, H>) -> Outcome {
        match result {
            Ok(_) => Err("did not fail".into()),
            Err(held) => Ok(Failure { held: Box::new(held), names: Vec::new(), port: None }),
        }
    }

    /// The names and addresses that may be said of the peer, and its port; anything else
    /// that is said of it is a mistake.
    ///
    /// # Errors
    ///
    /// Never; an [`Outcome`] is what a case ends with.
    pub fn target(self, names: &[&str], port: u16) -> Outcome {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Ok(Failure { names, port: Some(port), ..self })
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure").field("error", &self.held.debug()).finish_non_exhaustive()
    }
}

/// Something that has an error in it, with the error's own type.
pub(crate) trait Held: Send {
    fn error(&self) -> &(dyn Error + 'static);

    fn debug(&self) -> String {
        format!("{:?}", self.error())
    }

    /// As anyhow's `{error:#}`.
    fn joined(&self) -> String {
        let links = std::iter::successors(Some(self.error()), |&link| link.source());
        links.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }
}

impl<E: Error + Send + Sync + 'static> Held for E {
    fn error(&self) -> &(dyn Error + 'static) {
        self
    }
}

struct Boxed(Box<dyn Error + Send + Sync>);

impl Held for Boxed {
    fn error(&self) -> &(dyn Error + 'static) {
        &*self.0
    }
}

struct Anyhow(anyhow::Error);

impl Held for Anyhow {
    fn error(&self) -> &(dyn Error + 'static) {
        &*self.0
    }

    fn debug(&self) -> String {
        format!("{:?}", self.0)
    }
}

struct Eyre(eyre::Report);

impl Held for Eyre {
    fn error(&self) -> &(dyn Error + 'static) {
        &*self.0
    }

    fn debug(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// What is expected of one failure's classification.
#[derive(Debug, Clone, Copy)]
pub struct Expect {
    pub(crate) category: Option<Category>,
    pub(crate) also: &'static [Category],
    pub(crate) reasons: &'static [Reason],
    pub(crate) text_reasons: &'static [Reason],
    pub(crate) phases: &'static [Option<Phase>],
    pub(crate) code: Option<&'static str>,
    pub(crate) retries: Option<u32>,
    pub(crate) display_tells: bool,
    pub(crate) untold: &'static [(Form, &'static str)],
}

/// A fault of this category.
///
/// The object and the joined text must give it. A single `Display` or `Debug` text may say
/// less than the chain (no fault, or `unknown`), but nothing else.
#[must_use]
pub const fn fault(category: Category) -> Expect {
    Expect { category: Some(category), ..harmless() }
}

/// No fault, in any form.
#[must_use]
pub const fn harmless() -> Expect {
    Expect {
        category: None,
        also: &[],
        reasons: &[],
        text_reasons: &[],
        phases: &[],
        code: None,
        retries: None,
        display_tells: false,
        untold: &[],
    }
}

impl Expect {
    /// The object has one of these reasons, a text one of these or none.
    #[must_use]
    pub const fn reason(self, reasons: &'static [Reason]) -> Self {
        Expect { reasons, ..self }
    }

    /// A text may have one of these reasons as well, which say less.
    #[must_use]
    pub const fn text_reason(self, text_reasons: &'static [Reason]) -> Self {
        Expect { text_reasons, ..self }
    }

    /// The object has one of these phases, a text one of these or none.
    #[must_use]
    pub const fn phase(self, phases: &'static [Option<Phase>]) -> Self {
        Expect { phases, ..self }
    }

    /// The protocol's own code, in every form whose category is right.
    #[must_use]
    pub const fn code(self, code: &'static str) -> Self {
        Expect { code: Some(code), ..self }
    }

    /// The object says that it gave up after so many retries.
    #[must_use]
    pub const fn gave_up_after(self, retries: u32) -> Self {
        Expect { retries: Some(retries), ..self }
    }

    /// The `Display` text alone must give the category, too.
    #[must_use]
    pub const fn display_tells(self) -> Self {
        Expect { display_tells: true, ..self }
    }

    /// Categories that are as true of a text that says less than the object.
    #[must_use]
    pub const fn also(self, also: &'static [Category]) -> Self {
        Expect { also, ..self }
    }

    /// Forms in which the failure cannot be told, and why: what they say is less, and the
    /// case counts as no pass.
    #[must_use]
    pub const fn untold(self, untold: &'static [(Form, &'static str)]) -> Self {
        Expect { untold, ..self }
    }
}
