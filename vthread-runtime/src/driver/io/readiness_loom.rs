//! The protocol under every schedule.

use super::*;
use crate::primitive::{Arc, AtomicBool, block_on, thread};

/// A descriptor that becomes ready once, a system that reports it, and a waiter for it.
#[test]
fn loom_readiness_no_report_is_missed() {
    loom::model(|| {
        let readiness = Arc::new(Readiness::new(Interest::BOTH));
        let is_readable = Arc::new(AtomicBool::new(false));
        let system = {
            let (readiness, is_readable) = (readiness.clone(), is_readable.clone());
            thread::spawn(move || {
                is_readable.store(true, Ordering::Release);
                let mut woken = WakeList::default();
                readiness.announce(Interest(READABLE), &mut woken);
                woken.wake_all();
            })
        };
        block_on(std::future::poll_fn(|cx| {
            loop {
                let observed = readiness.observe();
                if observed.is_ready(Direction::Read) {
                    if is_readable.load(Ordering::Acquire) {
                        return Poll::Ready(());
                    }
                    readiness.clear_blocked(observed, Direction::Read);
                } else if readiness.poll_wait(Direction::Read, cx).is_pending() {
                    return Poll::Pending;
                }
            }
        }));
        system.join().unwrap();
    });
}
