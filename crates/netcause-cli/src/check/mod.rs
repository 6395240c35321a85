//! `netcause check`: what the environment sets up, and whether it works.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use netcause::{Config, Setting};

use crate::cli::{USAGE, not_understood};

/// As wide as the names of most variables.
const NAME: usize = 42;

/// Prints what is in effect, and tries every endpoint.
pub(crate) fn run() -> ExitCode {
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => return not_understood(&error.to_string()),
    };
    match report(&config, &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Nobody reads any more.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(USAGE),
    }
}

/// Says whether all is well.
fn report(config: &Config, out: &mut impl Write) -> io::Result<bool> {
    for Setting { name, value, is_stated, .. } in config.settings() {
        let source = if is_stated { "environment" } else { "default" };
        writeln!(out, "{name:<NAME$}  {value:<40}  {source}")?;
    }
    for warning in &config.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    writeln!(out)?;
    out.flush()?;
    let tried = config.try_endpoints();
    for it in &tried {
        match &it.failure {
            None => writeln!(
                out,
                "{}: {} takes them, answered in {} ms",
                it.signal,
                it.endpoint,
                it.elapsed.as_millis()
            )?,
            Some(failure) => writeln!(out, "{}: {failure}", it.signal)?,
        }
    }
    if tried.is_empty() {
        writeln!(out, "nothing is exported over OTLP: no endpoint and no exporter is set")?;
    }
    Ok(tried.iter().all(|it| it.failure.is_none()))
}
