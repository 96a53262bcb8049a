//! Processes. Mirrors [`std::process`].
//!
//! | `std::process` | here | difference |
//! |---|---|---|
//! | `Command` | [`Command`] | `status` and `output` suspend; [`kill_on_cancel`](Command::kill_on_cancel); the builders of `CommandExt` are its own |
//! | `Child` | [`Child`] | `wait` and `wait_with_output` suspend; one that is dropped without a wait leaves no zombie; [`signal`](Child::signal) |
//! | `ChildStdin`, `ChildStdout`, `ChildStderr` | [`ChildStdin`], [`ChildStdout`], [`ChildStderr`] | they suspend |
//! | `Stdio`, `Output`, `ExitStatus`, `ExitCode`, `Termination` | the same, re-exported | a [`File`](crate::fs::File) and the streams of a child are `Into<Stdio>` |
//! | `exit` | [`exit`] | none: it runs no destructor, no `defer!`, and ends no `background!` in order |
//! | `abort`, `id` | the same, re-exported | none |
//!
//! The end of a child is told by a descriptor of the process where the system has such (`pidfd`), else by `SIGCHLD`: no
//! OS thread waits for it.
//!
//! # Cancellation
//! A cancelled wait leaves the child running, unless it was made with [`kill_on_cancel`](Command::kill_on_cancel). In
//! either case what it leaves behind is collected when it ends, whether its [`Child`] is there or not.
//!
//! In code that is not under `#[vthread]`, `.block()` makes the call of a method and blocks: `child.wait().block()`.

mod child;
mod command;
mod command_unix;
mod ending;
mod output;
mod pipes;
mod reaper;

pub use child::Child;
pub use command::Command;
pub use pipes::{ChildStderr, ChildStdin, ChildStdout};
pub use std::process::{
    CommandArgs, CommandEnvs, ExitCode, ExitStatus, Output, Stdio, Termination, abort, id,
};

/// Ends the process at once, with `code`. As [`std::process::exit`].
///
/// No destructor runs, no `defer!`, and what runs in the background is not ended in order. To end the program in
/// order, return from a `#[vthread] fn main`, with an [`ExitCode`] for instance; or call
/// [`shutdown`](crate::shutdown()) before.
pub fn exit(code: i32) -> ! {
    std::process::exit(code)
}
