//! [`expect`]: what a fault has to say.

use netcause_fault::{Category, Cause, Confidence, Fault};

/// A fault, and the situation that was provoked.
#[derive(Debug)]
pub(crate) struct Expect<'a> {
    situation: &'a str,
    fault: &'a Fault<'static>,
}

/// Prints a row of the table of situations, and asserts what follows on it.
pub(crate) fn expect<'a>(situation: &'a str, fault: &'a Fault<'static>) -> Expect<'a> {
    println!(
        "| {situation} | {} | {} | {} | {} |\n  summary: {}\n  hint: {}",
        fault.category,
        fault.cause,
        fault.confidence,
        evidence(fault).join("; "),
        fault.summary(),
        fault.hint().map(|it| it.to_string()).unwrap_or_default(),
    );
    Expect { situation, fault }
}

fn evidence(fault: &Fault<'_>) -> Vec<String> {
    fault.evidence.iter().map(ToString::to_string).collect()
}

impl Expect<'_> {
    #[track_caller]
    pub(crate) fn category(self, category: Category) -> Self {
        assert_eq!(self.fault.category, category, "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn cause(self, allowed: &[Cause]) -> Self {
        assert!(allowed.contains(&self.fault.cause), "{allowed:?}: {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn confidence(self, least: Confidence, most: Confidence) -> Self {
        let found = self.fault.confidence;
        assert!(least <= found && found <= most, "{least} to {most}: {self:#?}");
        self
    }

    /// That one of the facts contains these words.
    #[track_caller]
    pub(crate) fn evidence(self, words: &str) -> Self {
        let said = evidence(self.fault);
        assert!(said.iter().any(|it| it.contains(words)), "{words:?}: {said:?}: {self:#?}");
        self
    }

    /// That none of them does.
    #[track_caller]
    pub(crate) fn no_evidence(self, words: &str) -> Self {
        let said = evidence(self.fault);
        assert!(!said.iter().any(|it| it.contains(words)), "{words:?}: {said:?}: {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn hint(self, words: &str) -> Self {
        let hint = self.fault.hint().expect("there is something to check").to_string();
        assert!(hint.contains(words), "{words:?}: {hint:?}: {}", self.situation);
        self
    }

    #[track_caller]
    pub(crate) fn summary(self, words: &str) -> Self {
        let summary = self.fault.summary().to_string();
        assert!(summary.contains(words), "{words:?}: {summary:?}: {}", self.situation);
        self
    }
}
