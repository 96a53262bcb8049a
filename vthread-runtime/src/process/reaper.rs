//! Processes whose `Child` is gone: they are collected when they end, so that none stays as a
//! zombie.
//!
//! Such a process is kept by what it waits for. Its watch holds a waker, the waker holds the
//! process, and the process its watch. When it ends, the driver wakes that waker, which collects
//! the process and lets go of all three.

use super::ending::{Ending, ProcessFd};
use crate::driver::{Direction, Source};
use crate::primitive::Mutex;
use std::io;
use std::process::Child;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// A process that no vthread waits for any more.
struct Orphan<K>(Mutex<Option<K>>);

/// What is kept until it has ended.
trait Kept: Send + 'static {
    /// Collects it if it has ended; else it wakes.
    fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

impl Kept for (Child, Ending) {
    fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (child, ending) = self;
        match ending.watch(child) {
            None => Poll::Ready(()),
            Some(watched) => poll_ended(watched, child, cx),
        }
    }
}

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

impl<K: Kept> Orphan<K> {
    /// Collects it, or waits until there is news of it.
    fn look(self: Arc<Self>) {
        let waker = Waker::from(self.clone());
        let mut kept = self.0.lock();
        let ended = kept.as_mut().is_some_and(|process| {
            let mut cx = Context::from_waker(&waker);
            process.poll_ended(&mut cx).is_ready()
        });
        let gone = if ended { kept.take() } else { None };
        drop(kept);
        drop(gone);
    }
}

fn poll_ended(watched: &Source<ProcessFd>, child: &mut Child, cx: &mut Context<'_>) -> Poll<()> {
    let polled = watched.poll_io(Direction::Read, cx, |_| match child.try_wait() {
        Ok(None) => Err(io::ErrorKind::WouldBlock.into()),
        // Collected, or another part of the program has done that.
        _ => Ok(()),
    });
    polled.map(drop)
}

impl<K: Kept> Wake for Orphan<K> {
    fn wake(self: Arc<Self>) {
        self.look();
    }
}

#[cfg(all(test, loom))]
mod models {
    use super::*;
    use crate::primitive::{AtomicBool, AtomicUsize, Ordering, thread};

    /// A process as the system knows it: it ends once, and then tells who has asked.
    #[derive(Default)]
    struct System {
        has_ended: AtomicBool,
        asked: Mutex<Option<Waker>>,
        n_collected: AtomicUsize,
        n_kept: AtomicUsize,
    }

    impl System {
        fn end(&self) {
            self.has_ended.store(true, Ordering::Release);
            let asked = self.asked.lock().take();
            if let Some(asked) = asked {
                asked.wake();
            }
        }
    }

    struct Process(Arc<System>);

    impl Kept for Process {
        fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<()> {
            let before = self.0.asked.lock().replace(cx.waker().clone());
            drop(before);
            if !self.0.has_ended.load(Ordering::Acquire) {
                return Poll::Pending;
            }
            self.0.n_collected.fetch_add(1, Ordering::Relaxed);
            Poll::Ready(())
        }
    }

    impl Drop for Process {
        fn drop(&mut self) {
            self.0.n_kept.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// The process ends while it is given up, and is told of twice: it is collected once, and
    /// nothing of it stays.
    #[test]
    fn loom_process_an_orphan_is_collected_once() {
        loom::model(|| {
            let system = Arc::new(System {
                n_kept: AtomicUsize::new(1),
                ..System::default()
            });
            let ending = {
                let system = system.clone();
                thread::spawn(move || system.end())
            };
            let orphan = Arc::new(Orphan(Mutex::new(Some(Process(system.clone())))));
            let late = orphan.clone();
            orphan.look();
            // News of something else, at any time.
            late.look();
            ending.join().unwrap();
            // The last waker goes as the system lets go of its descriptor.
            let last = system.asked.lock().take();
            drop(last);
            assert_eq!(system.n_collected.load(Ordering::Relaxed), 1);
            assert_eq!(system.n_kept.load(Ordering::Relaxed), 0);
        });
    }
}
