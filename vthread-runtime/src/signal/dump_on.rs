//! Dumps on a signal: a program that hangs is asked from outside what it waits for.
//!
//! Each request has a bell, which the signal handler rings, and a thread, which hears it and writes
//! the dump: so one comes while every worker is stuck, too.
#![allow(unsafe_code)] // Registers a signal handler.

use super::SignalKind;
use super::bell::ThreadBell;
use crate::config;
use crate::inspect::dump;
use crate::scheduler::threads;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Where dumps go.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    StandardError,
    /// They are appended.
    File(PathBuf),
}

/// The requests so far.
static REQUESTS: Mutex<BTreeSet<(SignalKind, Target)>> = Mutex::new(BTreeSet::new());

/// Writes a [`dump`](crate::dump()) to the standard error whenever the signal comes, from now on
/// and until the process ends.
///
/// The dump is written by an OS thread of its own: so it comes even if every vthread computes,
/// waits or is stuck. The signal's default action, which for most ends the process, no longer takes
/// place; other handlers of the same signal in this process still run.
///
/// The environment variable `VTHREAD_DUMP` does the same without a change of the program:
/// `VTHREAD_DUMP=quit` (ctrl-\ on a terminal, `kill -QUIT` from elsewhere), `usr1`, `usr2` or a
/// number; `VTHREAD_DUMP=quit:/tmp/dumps.txt` appends to a file. It is read when the first vthread
/// call is made.
///
/// # Errors
/// If the signal cannot be handled (`SIGKILL`, `SIGSTOP`, `SIGSEGV` ..: `InvalidInput`), or if
/// there is no thread or no descriptor for it.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// vthread::signal::dump_on(vthread::signal::SignalKind::quit())?;
/// # std::io::Result::Ok(())
/// ```
pub fn dump_on(kind: SignalKind) -> io::Result<()> {
    request(kind, Target::StandardError)
}

/// As [`dump_on`], and appends each dump to the file at `path`, which is created if need be.
///
/// # Errors
/// As for `dump_on`, or if the file cannot be opened.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// let path = std::env::temp_dir().join("dumps.txt");
/// vthread::signal::dump_to(vthread::signal::SignalKind::user_defined2(), path)?;
/// # std::io::Result::Ok(())
/// ```
pub fn dump_to(kind: SignalKind, path: impl AsRef<Path>) -> io::Result<()> {
    open(path.as_ref())?;
    request(kind, Target::File(path.as_ref().to_owned()))
}

/// Does what the environment variable says. Called when the runtime starts.
#[cold]
pub(crate) fn follow_environment() {
    let Some(text) = config::dump_request() else {
        return;
    };
    let done = match parse(&text) {
        Some((kind, None)) => dump_on(kind),
        Some((kind, Some(path))) => dump_to(kind, path),
        None => {
            let why = "it names no signal: `quit`, `usr1`, `usr2`, a number";
            Err(io::Error::new(io::ErrorKind::InvalidInput, why))
        }
    };
    if let Err(error) = done {
        eprintln!("vthread: VTHREAD_DUMP={text:?} has no effect: {error}");
    }
}

/// A signal, and the path of a file after a colon.
fn parse(text: &str) -> Option<(SignalKind, Option<&str>)> {
    let (signal, path) = match text.split_once(':') {
        Some((signal, path)) => (signal, Some(path)),
        None => (text, None),
    };
    let signal = signal.trim().to_ascii_lowercase();
    let name = signal.strip_prefix("sig").unwrap_or(&signal);
    let by_number = || {
        name.parse()
            .ok()
            .filter(|number| *number > 0)
            .map(SignalKind::from_raw)
    };
    Some((SignalKind::from_name(name).or_else(by_number)?, path))
}

fn request(kind: SignalKind, target: Target) -> io::Result<()> {
    kind.must_be_handled()?;
    let mut requests = REQUESTS.lock().unwrap_or_else(PoisonError::into_inner);
    let request = (kind, target);
    if requests.contains(&request) {
        return Ok(());
    }
    let (mut asked, handler) = ThreadBell::new()?;
    let target = request.1.clone();
    threads::start_beside("dump", move || {
        // The handler, which is never removed, has the other end.
        while asked.hear() {
            write_dump(&target);
        }
    })?;
    let ask = move || handler.ring();
    // SAFETY: The handler rings a bell, which is made for handlers.
    unsafe { signal_hook_registry::register(kind.as_raw(), ask) }?;
    requests.insert(request);
    Ok(())
}

fn open(path: &Path) -> io::Result<File> {
    File::options().append(true).create(true).open(path)
}

fn write_dump(target: &Target) {
    let text = format!(
        "vthread: dump of process {}\n{:#}",
        std::process::id(),
        dump()
    );
    let written = match target {
        Target::StandardError => io::stderr().write_all(text.as_bytes()),
        Target::File(path) => open(path).and_then(|mut file| file.write_all(text.as_bytes())),
    };
    crate::inspect::timeline::write();
    if let Err(error) = written {
        // The standard error may be closed as well.
        let _ = writeln!(io::stderr(), "vthread: a dump is lost: {error}");
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn requests_in_the_environment_are_understood() {
        assert_eq!(parse("quit"), Some((SignalKind::quit(), None)));
        assert_eq!(parse("SIGUSR1"), Some((SignalKind::user_defined1(), None)));
        let to_file = (SignalKind::from_raw(34), Some("/tmp/a:b"));
        assert_eq!(parse("34:/tmp/a:b"), Some(to_file));
        assert_eq!(parse("sometimes"), None);
        assert_eq!(parse("-3"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_signal_that_cannot_be_handled_is_refused() {
        let refused = dump_on(SignalKind::from_raw(libc::SIGKILL)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }
}
