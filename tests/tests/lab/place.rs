//! [`Place`]: a machine of its own, as far as the network is concerned.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Pid, gettid};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::LocalSet;

/// No job takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

type Job = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()>>> + Send>;

/// A thread in a network namespace of its own, with mounts of its own and a runtime for what
/// runs there. Both end with the thread, so nothing is left behind.
pub(crate) struct Place {
    jobs: Option<UnboundedSender<Job>>,
    thread: Option<JoinHandle<()>>,
    id: Pid,
}

impl Place {
    pub(crate) fn start() -> io::Result<Place> {
        let (jobs, inbox) = unbounded_channel();
        let (report, started) = mpsc::channel();
        let thread = thread::spawn(move || {
            let isolated = isolate();
            let is_isolated = isolated.is_ok();
            let _ = report.send(isolated);
            if is_isolated {
                live(inbox);
            }
        });
        let id = started.recv().map_err(io::Error::other)??;
        Ok(Place { jobs: Some(jobs), thread: Some(thread), id })
    }

    /// The thread, by which the kernel finds the namespace.
    pub(crate) fn id(&self) -> Pid {
        self.id
    }

    /// Runs a future there and waits for what it gives.
    #[track_caller]
    pub(crate) fn run<F, Fut, T>(&self, body: F) -> T
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = T> + 'static,
        T: Send + 'static,
    {
        let (answer, answered) = mpsc::channel();
        let job: Job = Box::new(|| {
            Box::pin(async move {
                let _ = answer.send(body().await);
            })
        });
        self.jobs.as_ref().expect("it lives").send(job).expect("its thread lives");
        answered.recv_timeout(PATIENCE).expect("the job ends, and without a panic")
    }

    /// Runs shell commands there.
    #[track_caller]
    pub(crate) fn shell(&self, script: &str) {
        self.try_shell(script).unwrap_or_else(|error| panic!("{error}\n{script}"));
    }

    #[track_caller]
    pub(crate) fn try_shell(&self, script: &str) -> io::Result<()> {
        let script = script.to_owned();
        self.run(|| async move { shell(&script) })
    }

    /// Adds a rule to a chain: `input`, `forward` or `output`.
    #[track_caller]
    pub(crate) fn rule(&self, chain: &str, rule: &str) {
        self.shell(&format!("nft 'add rule inet lab {chain} {rule}'"));
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Place").field(&self.id).finish()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Leaves the networks and mounts of all other threads.
fn isolate() -> io::Result<Pid> {
    unshare(CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS)?;
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    shell(
        "for of in all default; do echo 0 > /proc/sys/net/ipv6/conf/$of/accept_dad; done
         ip link set lo up
         nft 'add table inet lab
              add chain inet lab input { type filter hook input priority 0; }
              add chain inet lab forward { type filter hook forward priority 0; }
              add chain inet lab output { type filter hook output priority 0; }'",
    )?;
    Ok(gettid())
}

fn live(mut inbox: UnboundedReceiver<Job>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    LocalSet::new().block_on(&runtime.expect("a runtime"), async move {
        while let Some(job) = inbox.recv().await {
            tokio::task::spawn_local(job());
        }
    });
}

fn shell(script: &str) -> io::Result<()> {
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-ec", script])
        .env("PATH", format!("{path}:/usr/sbin:/sbin"))
        .stdin(Stdio::null())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}
