//! Signals that ask the command to end, as news.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;

use tokio::runtime::Builder;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::News;

/// A signal that asks for the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) name: &'static str,
    /// The exit code of a command that it has ended, as shells have it.
    pub(super) code: u8,
}

const INTERRUPT: Asked = Asked { name: "SIGINT", code: 130 };
const TERMINATE: Asked = Asked { name: "SIGTERM", code: 143 };

/// Passes on every signal of these from now on.
///
/// # Errors
///
/// Where signals cannot be listened to.
pub(super) fn watch(news: Sender<News>) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (interrupts, terminations) = {
        let _inside = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    let listen = move || runtime.block_on(pass_on(interrupts, terminations, &news));
    thread::Builder::new().name("netcause-signals".to_owned()).spawn(listen).map(drop)
}

async fn pass_on(mut interrupts: Signal, mut terminations: Signal, news: &Sender<News>) {
    loop {
        let asked = tokio::select! {
            _ = interrupts.recv() => INTERRUPT,
            _ = terminations.recv() => TERMINATE,
        };
        if news.send(News::Asked(asked)).is_err() {
            return;
        }
    }
}
