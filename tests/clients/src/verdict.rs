//! What the classifier says of an error in one form, and whether it is right.

use netcause_fault::{Category, Fault, Phase, Reason, classify, classify_text};

use crate::case::{Case, Expect, Failure, Form, Outcome};

/// What one classification says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) category: Category,
    pub(crate) reason: Option<Reason>,
    pub(crate) phase: Option<Phase>,
    pub(crate) code: Option<String>,
    /// How many retries had been made, if that was the last try.
    pub(crate) retries: Option<u32>,
    /// What is said of the peer: names and addresses, and ports.
    pub(crate) hosts: Vec<String>,
    pub(crate) ports: Vec<u16>,
}

impl From<Fault<'_>> for Verdict {
    fn from(fault: Fault<'_>) -> Self {
        let name = fault.peer.server_address.as_deref().map(str::to_owned);
        let address = fault.peer.peer_address.map(|ip| ip.to_string());
        let ports = [fault.peer.server_port, fault.peer.peer_port];
        Verdict {
            category: fault.category,
            reason: fault.reason,
            phase: fault.phase,
            retries: fault.attempts.attempt.filter(|_| fault.attempts.exhausted == Some(true)),
            code: fault.code.map(|code| code.into_owned()),
            hosts: name.into_iter().chain(address).collect(),
            ports: ports.into_iter().flatten().collect(),
        }
    }
}

/// One case and what became of it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) client: &'static str,
    pub(crate) name: String,
    pub(crate) expect: Expect,
    /// The error's chain and `Debug` text, or why there is none.
    pub(crate) text: String,
    /// Empty if there was no error.
    pub(crate) verdicts: Vec<(Form, Option<Verdict>)>,
    pub(crate) mistakes: Vec<String>,
}

impl Row {
    /// Classifies and judges; gives the case's name, what is expected and the outcome.
    pub(crate) fn new(
        client: &'static str,
        name: String,
        expect: Expect,
        outcome: Outcome,
    ) -> Self {
        let failure = match outcome {
            Ok(failure) => failure,
            Err(why) => {
                let mistakes = vec![format!("no error: {why}")];
                let text = why.to_string();
                return Row { client, name, expect, text, verdicts: Vec::new(), mistakes };
            }
        };
        let text = format!("{}\n      {}", failure.held.joined(), failure.held.debug());
        let verdicts: Vec<_> =
            Form::ALL.iter().map(|&form| (form, verdict(&failure, form))).collect();
        let mistakes = verdicts
            .iter()
            .flat_map(|(form, verdict)| judge(&expect, &failure, *form, verdict.as_ref()))
            .collect();
        Row { client, name, expect, text, verdicts, mistakes }
    }

    /// The verdict on the object.
    pub(crate) fn typed(&self) -> Option<&Verdict> {
        self.verdicts.first().and_then(|(_, verdict)| verdict.as_ref())
    }

    /// `right`, `WRONG`, or `untold` where some form cannot tell.
    pub(crate) fn state(&self) -> &'static str {
        match (self.mistakes.is_empty(), self.expect.untold.is_empty()) {
            (false, _) => "WRONG",
            (true, true) => "right",
            (true, false) => "untold",
        }
    }
}

fn verdict(failure: &Failure, form: Form) -> Option<Verdict> {
    match form {
        Form::Typed => classify(failure.held.error()).map(Verdict::from),
        Form::Joined => classify_text(&failure.held.joined()).map(Verdict::from),
        Form::Display => classify_text(&failure.held.error().to_string()).map(Verdict::from),
        Form::Debug => classify_text(&failure.held.debug()).map(Verdict::from),
    }
}

fn judge(expect: &Expect, failure: &Failure, form: Form, verdict: Option<&Verdict>) -> Vec<String> {
    let category = verdict.map(|verdict| verdict.category);
    let right = match category {
        None => expect.category.is_none(),
        Some(category) => {
            Some(category) == expect.category
                || (form != Form::Typed && expect.also.contains(&category))
        }
    };
    let says_less = matches!(category, None | Some(Category::Unknown));
    if let Some((_, why)) = expect.untold.iter().find(|(untold, _)| *untold == form) {
        let also = category.is_some_and(|category| expect.also.contains(&category));
        return match (right && category == expect.category, says_less || also) {
            // What is told after all has to go from the list.
            (true, _) => vec![format!("{form:?} is right, though {why}")],
            (false, true) => vec![],
            (false, false) => vec![format!("{form:?} is {category:?}, though {why}")],
        };
    }
    let must_tell = form.is_whole() || (form == Form::Display && expect.display_tells);
    match verdict {
        _ if !right && !must_tell && says_less && expect.category.is_some() => vec![],
        _ if !right => vec![format!("{form:?} is {category:?}, not {:?}", expect.category)],
        Some(verdict) if category == expect.category => facts(expect, failure, form, verdict),
        _ => vec![],
    }
}

/// The facts of a verdict whose category is right.
fn facts(expect: &Expect, failure: &Failure, form: Form, verdict: &Verdict) -> Vec<String> {
    let is_text = form != Form::Typed;
    let reason = expect.reasons.is_empty()
        || verdict.reason.map_or(is_text, |reason| {
            expect.reasons.contains(&reason) || (is_text && expect.text_reasons.contains(&reason))
        });
    let phase = expect.phases.is_empty()
        || expect.phases.contains(&verdict.phase)
        || (is_text && verdict.phase.is_none());
    let code = expect.code.is_none() || verdict.code.as_deref() == expect.code;
    let retries = is_text || expect.retries.is_none() || verdict.retries == expect.retries;
    let names =
        failure.names.is_empty() || verdict.hosts.iter().all(|host| failure.names.contains(host));
    let port = failure.port.is_none() || verdict.ports.iter().all(|it| Some(*it) == failure.port);
    [
        (reason, format!("reason {:?}", verdict.reason)),
        (phase, format!("phase {:?}", verdict.phase)),
        (code, format!("code {:?}", verdict.code)),
        (retries, format!("retries {:?}", verdict.retries)),
        (names && port, format!("peer {:?}:{:?}", verdict.hosts, verdict.ports)),
    ]
    .into_iter()
    .filter(|(right, _)| !right)
    .map(|(_, what)| format!("{form:?}: {what}"))
    .collect()
}

/// What a row keeps of a case that was provoked.
pub(crate) fn row(case: &Case) -> (&'static str, String, Expect) {
    (case.client, case.name.clone(), case.expect)
}
