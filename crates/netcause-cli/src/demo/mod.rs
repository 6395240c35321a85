//! `netcause demo`: a small checkout service calls peers that fail.
//!
//! [`checkout`] and [`client`] are the service, [`surroundings`] what it calls, [`ending`] how the
//! demonstration ends before its time.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use checkout::{Checkout, Order, Step};
use surroundings::Surroundings;

use crate::cli;

mod checkout;
mod client;
mod ending;
mod surroundings;

/// The pause between two rounds of `--loop`.
const BETWEEN_ROUNDS: Duration = Duration::from_secs(1);

/// How long the last lines may take to leave.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The exit code of a program that Ctrl-C ended: 128 and the number of SIGINT.
const INTERRUPTED: u8 = 130;

/// The order of the show: first a call that is well, then from the commonest failure on.
const STEPS: [Step; 14] = [
    Step::Price,
    Step::ReserveStock,
    Step::Charge,
    Step::CheckFraud,
    Step::ConvertCurrency,
    Step::PrintLabel,
    Step::SendReceipt,
    Step::AddPoints,
    Step::QuoteShipping,
    Step::ValidateAddress,
    Step::RedeemVoucher,
    Step::FetchInvoice,
    Step::FetchTerms,
    Step::NotifyWarehouse,
];

/// Why the demonstration ended.
enum Ending {
    Shown { failed: usize },
    Interrupted,
    NobodyReads,
}

/// Runs the demonstration, again and again if asked to.
pub(crate) fn run(repeat: bool) -> ExitCode {
    match netcause::builder().service_name("checkout").try_init() {
        Ok(guard) => {
            let outcome = run_to_end(repeat);
            report(outcome, guard.shutdown(LAST_LINES).lost, repeat)
        }
        Err(error) => {
            cli::failed("start logging", &error);
            ExitCode::from(cli::USAGE)
        }
    }
}

fn run_to_end(repeat: bool) -> io::Result<Ending> {
    // Fails if there is a provider already, which is then as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tell(
        "A small checkout service now calls peers on this machine that fail, each in its own way.",
    );
    tell("What follows on standard output are its log lines, as netcause writes them.\n");
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = rounds(repeat) => outcome,
            () = ending::interrupted() => Ok(Ending::Interrupted),
            () = ending::nobody_reads() => Ok(Ending::NobodyReads),
        }
    });
    // A name lookup that is still under way is not waited for.
    runtime.shutdown_background();
    outcome
}

async fn rounds(repeat: bool) -> io::Result<Ending> {
    loop {
        let failed = round().await?;
        if !repeat {
            return Ok(Ending::Shown { failed });
        }
        tokio::time::sleep(BETWEEN_ROUNDS).await;
    }
}

/// Sends one order for each step; returns how many could not go on.
async fn round() -> io::Result<usize> {
    let (_peers, services) = Surroundings::start().await?;
    let checkout = Checkout::new(services);
    let mut failed = 0;
    for (cart, step) in (7301..).zip(STEPS) {
        let status = checkout.handle(Order { cart, step }).await;
        failed += usize::from(status >= 500);
    }
    Ok(failed)
}

fn report(outcome: io::Result<Ending>, lost: u64, repeat: bool) -> ExitCode {
    match outcome {
        Ok(Ending::Shown { .. }) if lost > 0 => {
            cli::failed("write every line", &io::Error::other(format!("{lost} were lost")))
        }
        Ok(Ending::Shown { failed }) => {
            tell(&format!("\n{} orders, {failed} failed, each in its own way.", STEPS.len()));
            tell("Next: NETCAUSE_FORMAT=json netcause demo, or RUST_LOG=error netcause demo");
            ExitCode::SUCCESS
        }
        Ok(Ending::NobodyReads) => ExitCode::SUCCESS,
        Ok(Ending::Interrupted) if repeat => ExitCode::SUCCESS,
        Ok(Ending::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) => cli::failed("start the failing peers", &error),
    }
}

/// Tells the person at the terminal; programs that read standard error are not bothered.
fn tell(text: &str) {
    let mut stderr = io::stderr();
    if stderr.is_terminal() {
        let _ = writeln!(stderr, "{text}");
    }
}
