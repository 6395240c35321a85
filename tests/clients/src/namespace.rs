//! [`in_namespace`]: a failure in a network of its own, behind a firewall of its own.

use std::future::Future;
use std::process::Command;
use std::thread;

use nix::sched::{CloneFlags, unshare};
use tokio::sync::oneshot;

use crate::Outcome;

/// Brings the loopback interface up and gives it one more address, [`ADDRESS`].
pub const LOOPBACK: &str = "ip link set lo up; ip address add 10.99.0.2/32 dev lo";

/// An address of this host that no rule for the loopback network touches.
pub const ADDRESS: &str = "10.99.0.2";

/// A shell command that adds a rule on whatever is sent.
///
/// ```
/// use netcause_client_tests::firewall;
/// assert!(firewall("tcp dport 80 drop").contains("tcp dport 80 drop"));
/// ```
#[must_use]
pub fn firewall(rule: &str) -> String {
    format!(
        "nft 'add table inet test; \
         add chain inet test out {{ type filter hook output priority 0; }}; \
         add rule inet test out {rule}'"
    )
}

/// Provokes a failure in a network namespace of its own, after some shell commands in it;
/// its mounts are its own, too.
///
/// Needs root's rights, or those of a user namespace.
///
/// # Errors
///
/// When the namespace cannot be made, a command fails, or the closure does.
pub async fn in_namespace<F, Fut>(commands: &str, provoke: F) -> Outcome
where
    F: FnOnce() -> Fut + Send + 'static,
    Fut: Future<Output = Outcome> + 'static,
{
    let commands = commands.to_owned();
    let (sender, receiver) = oneshot::channel();
    // The namespace belongs to the thread, and to those that the thread starts.
    let thread = thread::spawn(move || {
        let _ = sender.send(isolated(&commands, provoke));
    });
    let outcome = receiver.await?;
    thread.join().map_err(|_| "the thread of the namespace panicked")?;
    outcome
}

fn isolated<F, Fut>(commands: &str, provoke: F) -> Outcome
where
    F: FnOnce() -> Fut,
    Fut: Future<Output = Outcome>,
{
    unshare(CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS)?;
    let script = format!("set -e; mount --make-rprivate /; {LOOPBACK}; {commands}");
    let done = Command::new("sh").args(["-c", &script]).output()?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into());
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(provoke())
}
