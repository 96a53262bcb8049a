//! Signals from outside the process.

mod arrival;
mod cancel;

pub use arrival::{__vthread_ctrl_c, __vthread_terminate, Arrival, ctrl_c, terminate};
pub use cancel::cancel_on_ctrl_c;
