//! [`Classify`]: verdicts on the user's own error types.

use std::error::Error;
use std::fmt;

use crate::Fault;

/// Judges errors of types that this crate does not know.
///
/// # Example: a gateway's own error type
///
/// ```
/// use std::error::Error;
/// use netcause_fault::{
///     Category, Chain, Classifiers, Classify, Fault, ReadOptions, Verdict,
/// };
///
/// #[derive(Debug)]
/// struct Throttled;
/// # impl std::fmt::Display for Throttled {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
/// #         f.write_str("slow down")
/// #     }
/// # }
/// # impl Error for Throttled {}
///
/// struct Gateway;
/// impl Classify for Gateway {
///     fn classify(&self, link: &(dyn Error + 'static)) -> Verdict {
///         match link.downcast_ref::<Throttled>() {
///             Some(_) => Verdict::Fault(Fault::new(Category::RateLimited)),
///             None => Verdict::NoOpinion,
///         }
///     }
///
///     fn name(&self) -> &'static str {
///         "gateway"
///     }
/// }
///
/// let classifiers = Classifiers::new([Box::new(Gateway) as Box<dyn Classify>]);
/// let options = ReadOptions { classifiers: &classifiers, ..ReadOptions::plain() };
/// let mut chain = Chain::new();
/// chain.read_error(&Throttled, &options);
/// assert_eq!(chain.classify().map(|fault| fault.category), Some(Category::RateLimited));
/// ```
pub trait Classify: Send + Sync {
    /// The verdict on one link of a chain; called for each, outermost first.
    fn classify(&self, link: &(dyn Error + 'static)) -> Verdict;

    /// A name for diagnostics.
    fn name(&self) -> &'static str;

    /// When it runs; see the table at [`Classifiers`].
    fn priority(&self) -> Priority {
        Priority::default()
    }
}

/// What a classifier says about a link.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Verdict {
    /// Nothing: what others said stands.
    #[default]
    NoOpinion,
    /// A fault, unless a later classifier says otherwise. What it leaves out (the peer,
    /// the limit …) is taken from the chain's text.
    Fault(Fault<'static>),
    /// A fault, whatever others would say.
    Final(Fault<'static>),
    /// No fault of the network or a dependency, whatever others would say.
    NotAFault,
}

/// When a classifier runs among others.
///
/// ```
/// use netcause_fault::Priority;
/// let wide = Priority::default();
/// assert!(Priority::run_before(wide) < wide);
/// assert!(Priority::run_after(wide) > wide);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Priority(i32);

impl Priority {
    /// Runs before the other one, which may override it.
    #[must_use]
    pub const fn run_before(other: Priority) -> Self {
        Priority(other.0.saturating_sub(1))
    }

    /// Runs after the other one, and may override it.
    #[must_use]
    pub const fn run_after(other: Priority) -> Self {
        Priority(other.0.saturating_add(1))
    }
}

/// The classifiers of the user's own error types, in the order in which they run.
///
/// | order | priority | what it is for | effect |
/// |---|---|---|---|
/// | first | `run_before(default)` | wide nets | a later verdict overrides it |
/// | then | `default` | one error type | overrides wide nets; the inner link wins |
/// | last | `run_after(default)` | precise exceptions | overrides all before |
/// | – | any | [`Verdict::Final`], [`Verdict::NotAFault`] | ends the run |
/// | after all | – | the built-in reading | fills what a verdict leaves out |
#[derive(Default)]
pub struct Classifiers {
    ordered: Vec<Box<dyn Classify>>,
}

/// No classifiers, where a reference is wanted.
pub(crate) static NO_CLASSIFIERS: Classifiers = Classifiers::none();

impl Classifiers {
    /// No classifiers of the user's.
    #[must_use]
    pub const fn none() -> Self {
        Classifiers { ordered: Vec::new() }
    }

    /// These classifiers, by priority and then in the order given.
    #[must_use]
    pub fn new(classifiers: impl IntoIterator<Item = Box<dyn Classify>>) -> Self {
        let mut ordered: Vec<_> = classifiers.into_iter().collect();
        ordered.sort_by_key(|classifier| classifier.priority());
        Classifiers { ordered }
    }

    /// Adds one, after those of its priority.
    pub fn push(&mut self, classifier: Box<dyn Classify>) {
        let priority = classifier.priority();
        let at = self.ordered.partition_point(|other| other.priority() <= priority);
        self.ordered.insert(at, classifier);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ordered.is_empty()
    }
}

impl fmt::Debug for Classifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ordered.iter().map(|one| one.name())).finish()
    }
}

/// The verdict that stands after the links seen so far.
#[derive(Debug, Default, Clone)]
pub(crate) struct Opinion {
    priority: Priority,
    verdict: Verdict,
}

impl Opinion {
    /// Asks the classifiers about one more link.
    pub(crate) fn hear(&mut self, link: &(dyn Error + 'static), classifiers: &Classifiers) {
        for classifier in &classifiers.ordered {
            if matches!(self.verdict, Verdict::Final(_) | Verdict::NotAFault) {
                return;
            }
            let (priority, verdict) = (classifier.priority(), classifier.classify(link));
            let overrides = match verdict {
                Verdict::NoOpinion => false,
                Verdict::Fault(_) => {
                    self.verdict == Verdict::NoOpinion || priority >= self.priority
                }
                Verdict::Final(_) | Verdict::NotAFault => true,
            };
            if overrides {
                *self = Opinion { priority, verdict };
            }
        }
    }

    /// Forgets what was decided.
    pub(crate) fn clear(&mut self) {
        if !matches!(self.verdict, Verdict::NoOpinion) {
            self.verdict = Verdict::NoOpinion;
        }
        self.priority = Priority::default();
    }

    /// The fault that was decided on.
    pub(crate) fn fault(&self) -> Option<&Fault<'static>> {
        match &self.verdict {
            Verdict::Fault(fault) | Verdict::Final(fault) => Some(fault),
            Verdict::NoOpinion | Verdict::NotAFault => None,
        }
    }

    /// Whether both decided the same but for what differs from one try to the next.
    pub(crate) fn tells_same(&self, other: &Opinion) -> bool {
        match (&self.verdict, &other.verdict) {
            (Verdict::Fault(one), Verdict::Fault(other))
            | (Verdict::Final(one), Verdict::Final(other)) => one.tells_same(other),
            (Verdict::NoOpinion, Verdict::NoOpinion) => true,
            (one, other) => one == other,
        }
    }

    /// Whether it was decided that this is no fault.
    pub(crate) fn is_no_fault(&self) -> bool {
        self.verdict == Verdict::NotAFault
    }
}
