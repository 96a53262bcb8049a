//! The standard streams of the process.

mod input;
mod output;
#[cfg_attr(windows, path = "streams_windows.rs")]
mod streams;

pub use input::{Stdin, StdinLock, stdin};
pub use output::{Stderr, StderrLock, Stdout, StdoutLock, stderr, stdout};
