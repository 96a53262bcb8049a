//! Processes whose `Child` is gone: they are collected when they end, so that none stays as a
//! zombie.
//!
//! Such a process is kept by what it waits for. Its watch holds a waker, the waker holds the
//! process, and the process its watch. When it ends, the driver wakes that waker, which collects
//! the process and lets go of all three.

use super::ending::{Ending, ProcessFd};
use crate::driver::{Direction, Source};
use parking_lot::Mutex;
use std::io;
use std::process::Child;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// A process that no vthread waits for any more.
struct Orphan(Mutex<Option<(Child, Ending)>>);

/// Collects `child` when it ends.
pub(super) fn reap_later(mut child: Child, mut ending: Ending) {
    if let Ok(Some(_)) | Err(_) = child.try_wait() {
        return;
    }
    if ending.watch(&child).is_none() {
        // An OS thread waits for it. If none can be had it stays a zombie until this process ends,
        // as with std.
        let _ = std::thread::Builder::new()
            .name("vthread-reaper".to_owned())
            .spawn(move || child.wait());
        return;
    }
    // The driver has to be looked at, which the workers do.
    crate::runtime::start();
    Arc::new(Orphan(Mutex::new(Some((child, ending))))).look();
}

impl Orphan {
    /// Collects it, or waits until there is news of it.
    fn look(self: Arc<Self>) {
        let mut kept = self.0.lock();
        let Some((child, ending)) = &mut *kept else {
            return;
        };
        let waker = Waker::from(self.clone());
        let ended = match ending.watch(child) {
            None => true,
            Some(watched) => poll_ended(watched, child, &waker).is_ready(),
        };
        let gone = if ended { kept.take() } else { None };
        drop(kept);
        drop(gone);
    }
}

fn poll_ended(watched: &Source<ProcessFd>, child: &mut Child, waker: &Waker) -> Poll<()> {
    let mut cx = Context::from_waker(waker);
    let polled = watched.poll_io(Direction::Read, &mut cx, |_| match child.try_wait() {
        Ok(None) => Err(io::ErrorKind::WouldBlock.into()),
        // Collected, or another part of the program has done that.
        _ => Ok(()),
    });
    polled.map(drop)
}

impl Wake for Orphan {
    fn wake(self: Arc<Self>) {
        self.look();
    }
}
