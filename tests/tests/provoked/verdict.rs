//! What the classifier says of an error, and whether it is right.

use std::error::Error;
use std::fmt;
use std::net::IpAddr;

use netcause_fault::{Category, Cause, Confidence, Fault, Phase, Reason, classify_text};

use crate::case::{CONTEXT_FORMS, Expect, FORMS, Failure, Form, Names, Outcome, Target};
use crate::harmless::Harmless;

/// What one classification says.
#[derive(Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) category: Category,
    pub(crate) reason: Option<Reason>,
    phase: Option<Phase>,
    code: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    peer: (Option<IpAddr>, Option<u16>),
    cause: Cause,
    confidence: Confidence,
    summary: String,
}

impl From<Fault<'_>> for Verdict {
    fn from(fault: Fault<'_>) -> Self {
        Verdict {
            category: fault.category,
            reason: fault.reason,
            phase: fault.phase,
            cause: fault.cause,
            confidence: fault.confidence,
            summary: fault.summary().to_string(),
            host: fault.peer.server_address.as_deref().map(str::to_owned),
            port: fault.peer.server_port,
            peer: (fault.peer.peer_address, fault.peer.peer_port),
            code: fault.code.map(|code| code.into_owned()),
        }
    }
}

/// Classifies an error in one of its forms.
pub(crate) fn classify(error: &(dyn Error + 'static), form: Form) -> Option<Verdict> {
    match form {
        Form::Typed | Form::Context => netcause_fault::classify(error),
        Form::Joined => classify_text(&joined(error)),
        _ => classify_text(&format!("{error:?}")),
    }
    .map(Verdict::from)
}

/// Classifies an error in all its forms, with and without contexts around it.
fn classify_all(error: anyhow::Error) -> Vec<(Form, Option<Verdict>)> {
    let mut verdicts: Vec<_> = FORMS.map(|form| (form, classify(&*error, form))).into();
    let error = error.context("charging the card").context("checkout");
    verdicts.extend(CONTEXT_FORMS.map(|form| {
        let verdict = match form {
            Form::Context => classify(&*error, form),
            Form::ContextJoined => classify_text(&format!("{error:#}")).map(Verdict::from),
            _ => classify_text(&format!("{error:?}")).map(Verdict::from),
        };
        (form, verdict)
    }));
    verdicts
}

/// As `{error:#}` of an anyhow error.
fn joined(error: &(dyn Error + 'static)) -> String {
    let links = std::iter::successors(Some(error), |&link| link.source());
    links.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// One case and what became of it.
pub(crate) struct Row {
    client: &'static str,
    name: String,
    expect: Expect,
    target: Target,
    text: String,
    /// By form; empty if the call did not fail.
    verdicts: Vec<(Form, Option<Verdict>)>,
}

impl Row {
    pub(crate) fn new(
        (client, name, expect): (&'static str, String, Expect),
        outcome: Outcome,
    ) -> Self {
        let Some(Failure { error, target }) = outcome else {
            let (target, text) = (Target::default(), "did not fail".to_owned());
            return Row { client, name, expect, target, text, verdicts: Vec::new() };
        };
        let text = format!("{}\n      {:?}", joined(&*error), &*error);
        let verdicts = classify_all(error);
        Row { client, name, expect, target, text, verdicts }
    }

    /// What is wrong, one line each.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        if self.verdicts.is_empty() {
            return vec![format!("{}: {} did not fail", self.client, self.name)];
        }
        let wrong = self.verdicts.iter().flat_map(|(form, verdict)| self.judge(*form, verdict));
        wrong
            .map(|what| format!("{}: {}: {what}\n      {}", self.client, self.name, self.text))
            .collect()
    }

    fn judge(&self, form: Form, verdict: &Option<Verdict>) -> Vec<String> {
        let category = verdict.as_ref().map(|verdict| verdict.category);
        let right = category.is_some_and(|category| self.expect.accepts(form, category));
        if let Some(reason) = self.expect.exception(form) {
            // An exception that holds no longer has to go from the table.
            return if right {
                vec![format!("{form:?} is right, though {reason}")]
            } else {
                vec![]
            };
        }
        match verdict {
            Some(verdict) if right => self.facts(form, verdict),
            _ => vec![format!("{form:?} is {category:?}, not {:?}", self.expect.category)],
        }
    }

    /// The facts of a verdict whose category is right.
    fn facts(&self, form: Form, verdict: &Verdict) -> Vec<String> {
        let reason = match verdict.reason {
            Some(reason) if verdict.category != self.expect.category => {
                reason.category() == verdict.category
            }
            Some(reason) => self.expect.reasons.contains(&reason),
            None => self.expect.reasons.is_empty(),
        };
        let phase = self.expect.phases.contains(&verdict.phase)
            || (form.plain() != Form::Typed && verdict.phase.is_none());
        [
            (reason, format!("reason {:?}", verdict.reason)),
            (phase, format!("phase {:?}", verdict.phase)),
            (verdict.code.as_deref() == self.expect.code, format!("code {:?}", verdict.code)),
            (self.is_true(verdict), format!("peer is not {:?}, it is {:?}", verdict, self.target)),
            (self.is_named(form, verdict), format!("no {:?}", self.expect.names)),
            (verdict.is_modest(), format!("{:?} of {:?}", verdict.confidence, verdict.cause)),
            (verdict.has_no_gaps(), format!("summary {}", verdict.summary)),
        ]
        .into_iter()
        .filter(|(right, _)| !right)
        .map(|(_, what)| format!("{form:?}: {what}"))
        .collect()
    }

    /// Whether everything that is said of the peer is so.
    fn is_true(&self, verdict: &Verdict) -> bool {
        let target = &self.target;
        let agrees = |said: &Option<String>| said.as_ref().is_none_or(|said| *said == target.host);
        agrees(&verdict.host)
            && verdict.port.is_none_or(|port| port == target.port)
            && verdict.peer.0.is_none_or(|ip| target.addr.is_none_or(|addr| addr.ip() == ip))
            && verdict.peer.1.is_none_or(|port| target.addr.is_none_or(|addr| addr.port() == port))
    }

    /// Whether what the error states of the peer was read from it.
    fn is_named(&self, form: Form, verdict: &Verdict) -> bool {
        match self.expect.names {
            Names::Nothing => true,
            Names::Host => verdict.host.is_some() && verdict.port.is_some(),
            // rustls prints the name only in its `Display` form.
            Names::HostOnly => form == Form::Debug || verdict.host.is_some(),
            // hyper-util prints the address only in its `Debug` form.
            Names::Address => form.plain() == Form::Joined || verdict.peer.1.is_some(),
        }
    }

    fn state(&self) -> &'static str {
        match (self.mistakes().is_empty(), self.expect.exceptions.is_empty()) {
            (false, _) => "WRONG",
            (true, true) => "right",
            (true, false) => "known",
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:5} {:12} {:43} ", self.state(), self.client, self.name)?;
        match self.verdicts.first() {
            Some((_, Some(typed))) => write!(f, "{typed}"),
            _ => write!(f, "{:17} {:31} {:8}", "-", "-", "-"),
        }
    }
}

impl Verdict {
    /// Whether the cause is no surer than an error alone allows: no error proves a
    /// firewall or a dead peer.
    fn is_modest(&self) -> bool {
        use Category as C;
        let proven = matches!(
            self.category,
            C::TlsCertificate | C::TlsHandshake | C::LocalResource | C::Auth
        ) || self.code.is_some();
        match self.cause {
            Cause::Firewall => self.confidence == Confidence::Possible,
            _ => proven || self.confidence < Confidence::Certain,
        }
    }

    /// Whether the sentence leaves out what is not known.
    fn has_no_gaps(&self) -> bool {
        let words = ["None", "Some", "unknown", "  ", "()"];
        !self.summary.is_empty() && !words.iter().any(|word| self.summary.contains(word))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.reason.map(Reason::as_str).or(self.code.as_deref()).unwrap_or("-");
        let phase = self.phase.map_or("-", Phase::as_str);
        let category = self.category.as_str();
        write!(f, "{category:17} {reason:31} {phase:8} {}", self.summary)
    }
}

/// The table of all rows, with the known exceptions below.
pub(crate) fn print(rows: &[Row]) {
    for row in rows {
        println!("{row}");
    }
    let right = rows.iter().filter(|row| row.state() == "right").count();
    println!("\n{} failures, {right} right in all forms", rows.len());
    for row in rows {
        for exception in row.expect.exceptions {
            println!("known: {}: {}: {:?}: {}", row.client, row.name, exception.0, exception.1);
        }
    }
}

/// The forms in which an error that is no fault was taken for one.
pub(crate) fn false_alarms((name, error): Harmless) -> Vec<String> {
    let text = format!("{:?}", &*error);
    let verdicts = classify_all(error).into_iter();
    verdicts
        .filter_map(|(form, verdict)| Some(format!("{name}: {form:?}: {text} is {:?}", verdict?)))
        .collect()
}
