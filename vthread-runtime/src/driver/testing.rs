//! A thread that runs the driver for the tests of this crate, as an idle worker would.

use crate::scheduler::park::Park;
use std::sync::Once;

/// Has the driver run from now on.
pub(crate) fn drive() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        std::thread::spawn(|| {
            loop {
                if !super::get().park() {
                    std::thread::yield_now();
                }
            }
        });
    });
}
