//! Panics in vthreads: which vthread it was, and the report again by the test in which the panic
//! ends.
//!
//! The panic hook prints where a panic happens, and the OS thread, which says little. So ours names
//! the vthread, above what may be a long backtrace, and then calls the hook before it. A program
//! that sets a hook of its own later does without.
//!
//! A panic of tokio's about its missing runtime names the feature that brings one.
//!
//! A panic in a vthread is reported by the panic hook where it happens, on an OS thread of the
//! library. It ends in the blocking call of a plain thread, where it resumes without a report.
//! Under the test harness that is the thread of a test, whose output is captured and shown if it
//! fails; so there, and nowhere else, the report is repeated.

use parking_lot::Mutex;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, Write};
use std::panic;
use std::ptr;
use std::sync::LazyLock;
use std::thread;

/// How many reports are kept at most for panics that have not ended yet.
const KEPT: usize = 64;

/// Reports, by the address of the panic's payload.
static REPORTS: Mutex<VecDeque<(usize, String)>> = Mutex::new(VecDeque::new());

/// Whether this is the test harness, as far as can be told: cargo puts test binaries into a folder
/// of this name.
static IS_TEST: LazyLock<bool> = LazyLock::new(|| {
    let program = std::env::current_exe().unwrap_or_default();
    program
        .parent()
        .is_some_and(|folder| folder.ends_with("deps"))
});

thread_local! {
    static IS_OURS: Cell<bool> = const { Cell::new(false) };
    /// The last report on this thread.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Called before the first vthread runs. `describe` returns the description of the vthread that the
/// calling thread polls.
pub(crate) fn install(describe: fn() -> Option<String>) {
    if thread::panicking() {
        return;
    }
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let vthread = describe();
        if *IS_TEST && IS_OURS.try_with(Cell::get).unwrap_or(false) {
            let thread = thread::current();
            let name = thread.name().unwrap_or("<unnamed>");
            let after = vthread.as_deref().map(|vthread| format!("\n{vthread}"));
            let after = after.unwrap_or_default();
            let report = format!("thread '{name}' {info}{after}");
            let _ = LAST.try_with(|last| last.replace(Some(report)));
        }
        if let Some(vthread) = vthread {
            // The standard error may be closed.
            let _ = writeln!(io::stderr(), "\na panic {vthread}");
        }
        if let Some(way_out) = info.payload_as_str().and_then(way_out) {
            let _ = writeln!(io::stderr(), "\n{way_out}");
        }
        before(info);
    }));
}

/// What a program can do about a panic that says so to users of another runtime only.
fn way_out(message: &str) -> Option<&'static str> {
    let is_about_tokio = message.contains("context of a Tokio");
    (is_about_tokio && !cfg!(feature = "tokio")).then_some(
        "what needs a tokio runtime finds one in vthread code if `Cargo.toml` names the feature: \
         vthread = { .., features = [\"tokio\"] }",
    )
}

/// Marks this thread as one of the library's.
pub(crate) fn remember_here() {
    IS_OURS.set(true);
}

/// A panic with `payload` was caught. Its report belongs to the payload from here on.
#[cold]
pub(crate) fn caught(payload: &(dyn Any + Send)) {
    let report = LAST.try_with(RefCell::take).ok().flatten();
    if let Some(report) = report {
        let mut reports = REPORTS.lock();
        reports.truncate(KEPT - 1);
        reports.push_front((address(payload), report));
    }
}

/// The panic with `payload` resumes in a blocking call of a plain thread.
#[cold]
pub(crate) fn resumes(payload: &(dyn Any + Send)) {
    if !*IS_TEST || IS_OURS.get() {
        return;
    }
    let mut reports = REPORTS.lock();
    let at = reports.iter().position(|(of, _)| *of == address(payload));
    let report = at.and_then(|at| reports.remove(at));
    drop(reports);
    if let Some((_, report)) = report {
        eprintln!("\nin a vthread below this one: {report}");
    }
}

fn address(payload: &(dyn Any + Send)) -> usize {
    ptr::from_ref(payload).cast::<()>().addr()
}

#[cfg(test)]
#[test]
fn a_missing_runtime_of_tokios_is_a_missing_feature() {
    let message =
        "there is no reactor running, must be called from the context of a Tokio 1.x runtime";
    assert_eq!(way_out(message).is_some(), !cfg!(feature = "tokio"));
    assert_eq!(way_out("index out of bounds"), None);
}
