//! The end of the process by a signal, in order.

#![allow(unsafe_code)] // Registers a signal handler, starts a child of the process.

use super::{Listener, SignalKind, listen};
use crate::group::options::SpawnOptions;
use crate::io::in_place::in_place;
use crate::program::background::background;
use crate::program::shutdown::begin_end_by;
use libc::{SIGINT, SIGTERM, c_int};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// One of the signals has arrived: the next one ends the process at once.
static HAS_COME: AtomicBool = AtomicBool::new(false);

/// Makes ctrl-c (`SIGINT`) and `SIGTERM` cancel `main`, all children of the process and the
/// blocking calls of all other threads, as its end does. A second one ends the process at once,
/// whatever it waits for.
///
/// With a `#[vthread] fn main` nothing else is needed: its body ends at its next suspension point,
/// destructors and `defer!` run, the children are joined, and the process ends with 130 after
/// ctrl-c, with 143 after `SIGTERM`. In a plain `main` the blocking call in progress unwinds
/// through it with a private payload; there [`ctrl_c`](super::ctrl_c) beside the work, in a group,
/// is often the better way.
///
/// It does not suspend, and may be called again.
///
/// # Errors
/// A signal cannot be taken over.
///
/// # Examples
/// ```no_run
/// # use vthread_runtime as vthread;
/// vthread::signal::cancel_on_ctrl_c()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn cancel_on_ctrl_c() -> io::Result<()> {
    static IS_DONE: Mutex<bool> = Mutex::new(false);
    let mut is_done = IS_DONE.lock().unwrap_or_else(PoisonError::into_inner);
    if !*is_done {
        for signal in [SIGINT, SIGTERM] {
            // First, since a second signal may come as soon as the first one is known.
            end_at_the_second(signal)?;
            let arrivals = listen(SignalKind::from_raw(signal))?;
            cancel_at_the_first(signal, arrivals);
        }
        *is_done = true;
    }
    Ok(())
}

fn end_at_the_second(signal: c_int) -> io::Result<()> {
    let handle = move || {
        if HAS_COME.swap(true, Ordering::Relaxed) {
            // SAFETY: a system call that does not return, allowed in signal handlers.
            unsafe { libc::_exit(128 + signal) }
        }
    };
    // SAFETY: the handler uses an atomic and makes one system call: it allocates, locks and panics
    // nowhere.
    unsafe { signal_hook_registry::register(signal, handle) }.map(drop)
}

/// A child of the process waits for the signal; with the process it ends.
fn cancel_at_the_first(signal: c_int, arrivals: Listener) {
    let options = SpawnOptions::new().name(if signal == SIGINT {
        "wait for ctrl-c"
    } else {
        "wait for SIGTERM"
    });
    let wait = async move {
        in_place(arrivals.recv()).await;
        begin_end_by(signal);
        Ok(())
    };
    // SAFETY: a frame of the library's own operation.
    drop(unsafe { background(options, wait) });
}
