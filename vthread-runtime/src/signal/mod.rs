//! Signals from outside the process.

mod interrupt;

pub use interrupt::{__vthread_ctrl_c, CtrlC, ctrl_c};
