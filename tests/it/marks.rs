//! Whatever shows that a group is cancelled shows it after all of its members are marked.

use std::sync::atomic::{AtomicBool, Ordering};
use vthread::prelude::*;
use vthread::yield_now;

const ROUNDS: usize = 500;

/// Two members fail at once. A third sees the end of one of them, without suspending.
#[vthread]
fn two_fail(went_on: &AtomicBool) -> Result<(), u32> {
    group! {
        spawn! { Err::<(), u32>(1)? };
        let second = spawn! { Err::<(), u32>(2)? };
        spawn! {
            let second = second;
            while second.outcome().is_none() {
                std::hint::spin_loop();
            }
            yield_now();
            went_on.store(true, Ordering::Relaxed);
        };
    }
}

#[test]
fn r22_an_outcome_is_seen_by_marked_members_only() {
    let went_on = AtomicBool::new(false);
    for _ in 0..ROUNDS {
        assert!(matches!(two_fail(&went_on), Err(1 | 2)));
    }
    assert!(!went_on.into_inner());
}
