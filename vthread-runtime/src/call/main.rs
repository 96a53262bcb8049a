//! `#[vthread] fn main`: the body, then the end of the process in order, then the exit status.

use super::block_on::try_block_on;
use crate::base::type_question::{Answer, Asked, answers, ask};
use crate::base::unwind::{CancelUnwind, Payload};
use crate::program::shutdown::{exit_signal, shutdown};
use crate::task::call::Call;
use crate::task::current;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::resume_unwind;
use std::process::{ExitCode, exit};

/// The result of `main`, and whether a child of the process has failed.
pub struct MainEnded<T> {
    value: T,
    has_failures: bool,
}

/// Runs the body of `main` on the main thread. Then the children of the process are cancelled, get
/// their grace and are joined; their failures are printed.
///
/// On any other thread, and below a vthread, it is a blocking call like any other.
#[track_caller]
pub fn run_main<F: Future>(call: Call<F::Output, F>) -> MainEnded<F::Output> {
    let is_main = std::thread::current().name() == Some("main");
    if !is_main || current::with(|running| running.is_some()) {
        return MainEnded {
            value: call.block(),
            has_failures: false,
        };
    }
    let result = try_block_on(call.into_frame());
    let mut has_failures = false;
    if let Err(failures) = shutdown() {
        has_failures = true;
        for failure in failures {
            eprintln!("vthread: {failure}");
        }
    }
    match result {
        Ok(value) => MainEnded {
            value,
            has_failures,
        },
        Err(payload) => leave(payload),
    }
}

/// The end of a `main` that was cancelled or has panicked.
fn leave(payload: Payload) -> ! {
    match exit_signal() {
        _ if !payload.is::<CancelUnwind>() => resume_unwind(payload),
        // The convention of shells.
        Some(signal) => exit(128 + signal),
        None => {
            eprintln!("vthread: `main` was cancelled by a shutdown in another thread");
            exit(1)
        }
    }
}

/// Does a `T` report the success of the process?
#[derive(Debug)]
pub struct Says<T>(PhantomData<fn() -> T>);

answers! {
    /// One of std's types, for which it is known.
    0 [T: Status] Says<T> => Known;
    /// A user's type.
    1 [T] Says<T> => Unknown;
}

impl<T> MainEnded<T> {
    /// Asks about its value.
    #[inline(always)]
    pub fn ask(_: &Self) -> Asked<Says<T>, 0> {
        ask()
    }
}

/// How `main` ends with a `T`.
pub trait Ends<T>: Answer {
    /// The value for the process to end with.
    fn end(ended: MainEnded<T>) -> T;
}

/// With a type of std's.
#[derive(Debug)]
pub struct Known;

impl Answer for Known {
    const IT: Self = Known;
}

impl<T: Status> Ends<T> for Known {
    // If the value reports success, but a child of the process has failed, the process ends here,
    // with a failure.
    fn end(ended: MainEnded<T>) -> T {
        if ended.has_failures && ended.value.is_success() {
            exit(1);
        }
        ended.value
    }
}

/// With any other type.
#[derive(Debug)]
pub struct Unknown;

impl Answer for Unknown {
    const IT: Self = Unknown;
}

impl<T> Ends<T> for Unknown {
    fn end(ended: MainEnded<T>) -> T {
        ended.value
    }
}

/// The value for the process to end with.
pub fn status<K: Ends<T>, T>(_: K, ended: MainEnded<T>) -> T {
    K::end(ended)
}

/// How std's types report the success of a process.
pub trait Status {
    /// Whether it is one.
    fn is_success(&self) -> bool;
}

impl Status for () {
    fn is_success(&self) -> bool {
        true
    }
}

impl Status for ExitCode {
    fn is_success(&self) -> bool {
        *self == ExitCode::SUCCESS
    }
}

impl Status for Infallible {
    fn is_success(&self) -> bool {
        match *self {}
    }
}

impl<T: Status, E> Status for Result<T, E> {
    fn is_success(&self) -> bool {
        self.as_ref().is_ok_and(Status::is_success)
    }
}

impl<T> fmt::Debug for MainEnded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MainEnded")
            .field("has_failures", &self.has_failures)
            .finish_non_exhaustive()
    }
}
