//! `netcause probe`: whether a peer can be reached, step by step, and if not, why.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use netcause::Config;
use netcause_net::probe::{Probe, Probed, Step};

use crate::cli::{USAGE, failed};

mod json;
mod page;
mod steps;
mod target;

#[cfg(test)]
mod tests;

pub(crate) use target::{Target, name, path, time};

/// The exit code for a peer that cannot be reached.
const NOT_REACHED: u8 = 1;

/// The variables that are obeyed.
const VARIABLES: &[&str] = &["NETCAUSE_REDACT", "NO_COLOR"];

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) target: Target,
    pub(crate) tls: bool,
    pub(crate) plain: bool,
    pub(crate) path: Option<String>,
    pub(crate) server_name: Option<String>,
    pub(crate) limit: Duration,
    pub(crate) json: bool,
}

impl Options {
    /// Whether TLS is spoken: if asked for, by a URL's scheme, or at the port of https.
    fn is_tls(&self) -> bool {
        const HTTPS: u16 = 443;
        let by_itself = self.target.tls.unwrap_or(self.target.port == HTTPS);
        self.tls || (by_itself && !self.plain)
    }

    fn probe(&self) -> Probe {
        let mut probe = Probe::new(&self.target.host, self.target.port).limit(self.limit);
        if self.is_tls() {
            probe = probe.tls();
        }
        if let Some(name) = &self.server_name {
            probe = probe.server_name(name);
        }
        match self.path.as_ref().or(self.target.path.as_ref()) {
            Some(path) => probe.http(path),
            None => probe,
        }
    }
}

/// Probes a peer and says what came of it.
pub(crate) fn run(options: &Options) -> ExitCode {
    let config = match Config::from_env_only(VARIABLES) {
        Ok(config) => config,
        Err(error) => {
            let _ = writeln!(io::stderr(), "netcause: {error}");
            return ExitCode::from(USAGE);
        }
    };
    let colour = io::stdout().is_terminal() && !config.no_color;
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed("begin", &error),
    };
    let mut shown = Shown { colour, result: Ok(()) };
    if !options.json {
        shown.write(page::opening(options));
    }
    let probed = runtime.block_on(options.probe().run(|step| {
        if !options.json {
            shown.step(step);
        }
    }));
    // A lookup that never ends must not keep this from ending.
    runtime.shutdown_background();
    shown.write(match options.json {
        true => json::object(&probed),
        false => page::verdict(&probed, options.limit, colour),
    });
    answer(&probed, shown.result)
}

/// What is written as it comes to be known.
struct Shown {
    colour: bool,
    result: io::Result<()>,
}

impl Shown {
    fn step(&mut self, step: &Step) {
        self.write(page::step(step, self.colour));
    }

    fn write(&mut self, text: String) {
        if self.result.is_ok() {
            let mut out = io::stdout().lock();
            self.result = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        }
    }
}

fn answer(probed: &Probed, written: io::Result<()>) -> ExitCode {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => failed("write", &error),
        _ if probed.fault.is_none() => ExitCode::SUCCESS,
        _ => ExitCode::from(NOT_REACHED),
    }
}
