//! The condition under every schedule.

use super::*;
use crate::primitive::{Arc, block_on, thread};
use std::task::Poll;

/// Takes one from the mutex's count, when there is one.
async fn take(pair: &(Mutex<usize>, Condvar)) {
    let mut guard = pair.0.locked(Location::caller()).await;
    while *guard == 0 {
        guard = pair
            .1
            .wait_with(guard, Location::caller(), no_limit)
            .await
            .0;
    }
    *guard -= 1;
}

fn put(pair: &(Mutex<usize>, Condvar)) {
    let mut guard = block_on(pin!(pair.0.locked(Location::caller())));
    *guard += 1;
    drop(guard);
    pair.1.notify_one();
}

#[test]
fn loom_condvar_a_waiter_is_found() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let pair = Arc::new((Mutex::new(0), Condvar::new()));
        let putter = {
            let pair = pair.clone();
            thread::spawn(move || put(&pair))
        };
        block_on(pin!(take(&pair)));
        putter.join().unwrap();
    });
}

/// A waiter goes away just as it is notified, before one that stays.
#[test]
fn loom_condvar_a_waiter_that_leaves_passes_it_on() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| {
        let pair = Arc::new((Mutex::new(0), Condvar::new()));
        let goer = {
            let pair = pair.clone();
            thread::spawn(move || {
                let mut frame = pin!(take(&pair));
                let mut polls_left = 2;
                let has_taken = block_on(poll_fn(|cx| {
                    polls_left -= 1;
                    match frame.as_mut().poll(cx) {
                        Poll::Ready(()) => Poll::Ready(true),
                        // It may never be notified, so it does not wait to be polled again.
                        Poll::Pending if polls_left == 0 => Poll::Ready(false),
                        Poll::Pending => {
                            cx.waker().wake_by_ref();
                            Poll::Pending
                        }
                    }
                }));
                if has_taken {
                    put(&pair);
                }
            })
        };
        let putter = {
            let pair = pair.clone();
            thread::spawn(move || put(&pair))
        };
        block_on(pin!(take(&pair)));
        goer.join().unwrap();
        putter.join().unwrap();
    });
}
