//! Signals from outside the process.
//!
//! | std | here | difference |
//! |---|---|---|
//! | - | [`ctrl_c`], [`terminate`] | wait once; a signal that arrives between two waits ends the second one |
//! | - | [`listen`], [`Listener`], [`SignalKind`] | receives every signal of any kind from its creation on |
//! | - | [`cancel_on_ctrl_c`] | makes the process end in order |
//! | - | [`dump_on`], [`dump_to`] | writes down what every vthread waits for |
//!
//! Windows has ctrl-c, ctrl-break and what the process raises itself.

// What differs from system to system.
#[cfg_attr(windows, path = "bell_windows.rs")]
mod bell;
#[cfg_attr(windows, path = "kinds_windows.rs")]
mod kinds;

mod cancel;
mod delivery;
pub(crate) mod dump_on;
mod kind;
mod listener;
mod wait;

pub use cancel::cancel_on_ctrl_c;
pub use dump_on::{dump_on, dump_to};
pub use kind::SignalKind;
pub use listener::{Listener, NextSignal, SignalStep, SignalSteps, listen};
pub use wait::{__vthread_ctrl_c, __vthread_terminate, Arrival, ctrl_c, terminate};

/// Sends the signal to this process, as a terminal or a supervisor would.
#[cfg(all(test, not(loom)))]
fn send_to_self(name: &str) {
    let status = std::process::Command::new("kill")
        .arg(format!("-{name}"))
        .arg(std::process::id().to_string())
        .status();
    assert!(status.unwrap().success());
}
