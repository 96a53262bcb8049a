//! Processes. Mirrors [`std::process`].
//!
//! | `std::process` | here | difference |
//! |---|---|---|
//! | `Command` | [`Command`] | `status`, `output` suspend |
//! | `CommandExt` | [`Command`] | its methods are the type's own |
//! | `Child` | [`Child`] | `wait`, `wait_with_output` suspend; leaves no zombie |
//! | `ChildStdin`, `ChildStdout`, `ChildStderr` | the same names | they suspend |
//! | `Stdio` | the same | files and the streams of a child are `Into` it |
//! | `Output`, `ExitStatus`, `ExitCode`, `Termination` | the same | none |
//! | `exit` | [`exit`] | none: no destructor runs, and no `defer!` |
//! | `abort`, `id` | the same, re-exported | none |
//!
//! The end of a child is told by a descriptor of the process where the system has such (`pidfd`),
//! else by `SIGCHLD`: no OS thread waits for it. On Windows a wait looks every few milliseconds,
//! and helper threads read and write the pipes; there `signal` and `signal_group` do not exist.
//!
//! # Cancellation
//! A cancelled wait leaves the child running, unless it was made with
//! [`kill_on_cancel`](Command::kill_on_cancel). In either case what it leaves behind is collected
//! when it ends, whether its [`Child`] is there or not.
//!
//! In code that is not under `#[vthread]`, `.block()` makes the call of a method and blocks:
//! `child.wait().block()`.

mod child;
mod command;
mod output;

// What differs from system to system.
#[cfg(unix)]
mod command_unix;
#[cfg(windows)]
mod command_windows;
#[cfg_attr(windows, path = "ending_windows.rs")]
mod ending;
#[cfg_attr(windows, path = "kill_windows.rs")]
mod kill;
#[cfg_attr(windows, path = "pipes_windows.rs")]
mod pipes;
#[cfg_attr(windows, path = "reaper_windows.rs")]
mod reaper;

pub use child::Child;
pub use command::Command;
pub use pipes::{ChildStderr, ChildStdin, ChildStdout};
pub use std::process::{
    CommandArgs, CommandEnvs, ExitCode, ExitStatus, Output, Stdio, Termination, abort, id,
};

/// Ends the process at once, with `code`. As [`std::process::exit`].
///
/// No destructor runs, no `defer!`, and what runs in the background is not ended in order. To end
/// the program in order, return from a `#[vthread] fn main`, with an [`ExitCode`] for instance; or
/// call [`shutdown`](crate::shutdown()) before.
pub fn exit(code: i32) -> ! {
    std::process::exit(code)
}
