//! [`run`]: provokes cases, prints one table, counts.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use netcause_fault::{Category, Phase, Reason};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::case::{Case, Form, Outcome};
use crate::verdict::{Row, row};

/// Few at a time: limits are short, and the machine may have other work.
const AT_A_TIME: usize = 8;

/// No case waits for this long; one that does has lost its way.
const PATIENCE: Duration = Duration::from_secs(60);

/// What became of all cases.
#[derive(Debug)]
pub struct Report {
    title: &'static str,
    rows: Vec<Row>,
}

/// Provokes every case, prints the table, and keeps the order of the cases.
pub async fn run(title: &'static str, cases: Vec<Case>) -> Report {
    let slots = Arc::new(Semaphore::new(AT_A_TIME));
    let running: Vec<_> = cases
        .into_iter()
        .map(|case| {
            let slots = Arc::clone(&slots);
            (
                row(&case),
                tokio::spawn(async move {
                    let _slot = slots.acquire_owned().await;
                    match timeout(PATIENCE, (case.provoke)()).await {
                        Ok(outcome) => outcome,
                        Err(_) => Err("neither failed nor ended".into()),
                    }
                }),
            )
        })
        .collect();
    let mut rows = Vec::new();
    for ((client, name, expect), task) in running {
        let outcome: Outcome = task.await.unwrap_or_else(|panic| Err(panic.into()));
        rows.push(Row::new(client, name, expect, outcome));
    }
    let report = Report { title, rows };
    println!("{report}");
    report
}

impl Report {
    /// How many cases are right in every form that tells.
    #[must_use]
    pub fn n_right(&self) -> usize {
        self.rows.iter().filter(|row| row.state() == "right").count()
    }

    /// How many different clients failed.
    #[must_use]
    pub fn n_clients(&self) -> usize {
        self.rows.iter().map(|row| row.client).collect::<BTreeSet<_>>().len()
    }

    /// Asserts that nothing is wrong and that at least so many cases are right.
    ///
    /// # Panics
    ///
    /// When that is not so; the text lists what is wrong.
    pub fn assert_right(&self, at_least: usize) {
        let wrong: Vec<_> = self.rows.iter().flat_map(mistakes).collect();
        assert!(wrong.is_empty(), "{} mistakes:\n{}", wrong.len(), wrong.join("\n"));
        assert!(self.n_right() >= at_least, "only {} cases are right", self.n_right());
    }
}

fn mistakes(row: &Row) -> impl Iterator<Item = String> {
    row.mistakes
        .iter()
        .map(|what| format!("{}: {}: {what}\n      {}", row.client, row.name, row.text))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.title)?;
        writeln!(
            f,
            "{:6} {:22} {:44} {:18} {:18} {:31} {:9} host:port",
            "state", "client", "case", "expected", "found", "reason or code", "phase"
        )?;
        for row in &self.rows {
            writeln!(f, "{row}")?;
        }
        writeln!(
            f,
            "{} cases of {} clients: {} right, {} wrong, {} untold in some form",
            self.rows.len(),
            self.n_clients(),
            self.n_right(),
            self.rows.iter().filter(|row| row.state() == "WRONG").count(),
            self.rows.iter().filter(|row| row.state() == "untold").count(),
        )?;
        for row in &self.rows {
            for (form, why) in row.expect.untold {
                writeln!(f, "untold: {}: {}: {form:?}: {why}", row.client, row.name)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |category: Option<Category>| category.map_or("-", Category::as_str);
        let found = self.typed();
        let reason = found.and_then(|it| it.code.as_deref().or(it.reason.map(Reason::as_str)));
        let phase = found.and_then(|it| it.phase).map_or("-", Phase::as_str);
        let host = found.and_then(|it| it.hosts.first()).map_or("-", String::as_str);
        let port = found.and_then(|it| it.ports.first());
        write!(
            f,
            "{:6} {:22} {:44} {:18} {:18} {:31} {:9} {host}",
            self.state(),
            self.client,
            self.name,
            name(self.expect.category),
            name(found.map(|it| it.category)),
            reason.unwrap_or("-"),
            phase,
        )?;
        if let Some(port) = port {
            write!(f, ":{port}")?;
        }
        let silent = |form: Form| self.verdicts.iter().any(|it| it.0 == form && it.1.is_none());
        if silent(Form::Display) && found.is_some() {
            f.write_str("  (Display alone: nothing)")?;
        }
        Ok(())
    }
}
