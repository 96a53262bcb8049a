//! Three bugs that a run in ten thousand shows, found in a second: `cargo test --example seeds`.
//!
//! Each comes as the tests of a pair of functions, one with the bug and one without. A test with
//! `seeds = 1000` runs in a thousand orders. For the functions with a bug it is expected to fail;
//! remove `#[should_panic]` to see how, and with which seed. `VTHREAD_SEED` repeats that run.

use vthread::prelude::*;
use vthread::sync::{Condvar, Mutex, Notify, Receiver, channel};

/// Moves money, and counts the moves. Another vthread may come between the two looks at `from`.
#[vthread]
fn transfer_with_a_lost_update(from: &Mutex<u32>, to: &Mutex<u32>, amount: u32) {
    let before = *from.lock();
    *to.lock() += amount;
    *from.lock() = before - amount;
}

#[vthread]
fn transfer(from: &Mutex<u32>, to: &Mutex<u32>, amount: u32) {
    let mut from = from.lock();
    *to.lock() += amount;
    *from -= amount;
}

/// Waits until `is_ready` is set. The notification may come between the look and the wait.
#[vthread]
fn wait_with_a_missed_notification(is_ready: &Mutex<bool>, changed: &Condvar) {
    let has_come = *is_ready.lock();
    if !has_come {
        let guard = is_ready.lock();
        drop(changed.wait(guard));
    }
}

#[vthread]
fn wait(is_ready: &Mutex<bool>, changed: &Condvar) {
    let mut guard = is_ready.lock();
    while !*guard {
        guard = changed.wait(guard);
    }
}

/// Counts the orders that come until the shop closes. The last order and the end of the day may
/// both come after the look at the orders and before the look at the clock: `biased;` is no help.
#[vthread]
fn serve_with_a_lost_order(orders: &Receiver<u32>, closing: &Notify) -> u32 {
    let mut n = 0;
    loop {
        select! {
            biased;
            _ = orders.recv() => n += 1,
            () = closing.notified() => return n,
        }
    }
}

#[vthread]
fn serve(orders: &Receiver<u32>, closing: &Notify) -> u32 {
    let mut n = 0;
    loop {
        select! {
            _ = orders.recv() => n += 1,
            () = closing.notified() => break,
        }
    }
    while orders.try_recv().is_ok() {
        n += 1;
    }
    n
}

#[vthread]
fn main() {
    let (savings, account) = (Mutex::new(10), Mutex::new(0));
    transfer(&savings, &account, 3);
    transfer_with_a_lost_update(&savings, &account, 3);
    let (is_ready, changed) = (Mutex::new(true), Condvar::new());
    wait(&is_ready, &changed);
    wait_with_a_missed_notification(&is_ready, &changed);
    let (order, orders) = channel(2);
    let closing = Notify::new();
    let served = group! {
        spawn! {
            order.send(1).unwrap();
            closing.notify_one();
        }
        serve(&orders, &closing)
    };
    closing.notify_one();
    let late = serve_with_a_lost_order(&orders, &closing);
    println!(
        "{} saved, {} spent, {served} served, {late} late",
        savings.into_inner(),
        account.into_inner()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[vthread::test(seeds = 1000)]
    #[should_panic(expected = "left: (7, 6)")]
    fn a_lost_update_is_found() {
        let (savings, account) = (Mutex::new(10), Mutex::new(0));
        group! {
            spawn! { transfer_with_a_lost_update(&savings, &account, 3) }
            spawn! { transfer_with_a_lost_update(&savings, &account, 3) }
        }
        assert_eq!((savings.into_inner(), account.into_inner()), (4, 6));
    }

    #[vthread::test(seeds = 1000)]
    fn no_update_is_lost() {
        let (savings, account) = (Mutex::new(10), Mutex::new(0));
        group! {
            spawn! { transfer(&savings, &account, 3) }
            spawn! { transfer(&savings, &account, 3) }
        }
        assert_eq!((savings.into_inner(), account.into_inner()), (4, 6));
    }

    /// The waiter waits forever: a deadlock.
    #[vthread::test(seeds = 1000)]
    #[should_panic(expected = "a deadlock")]
    fn a_missed_notification_is_found() {
        let (is_ready, changed) = (Mutex::new(false), Condvar::new());
        group! {
            spawn! { wait_with_a_missed_notification(&is_ready, &changed) }
            *is_ready.lock() = true;
            changed.notify_one();
        }
    }

    #[vthread::test(seeds = 1000)]
    fn no_notification_is_missed() {
        let (is_ready, changed) = (Mutex::new(false), Condvar::new());
        group! {
            spawn! { wait(&is_ready, &changed) }
            *is_ready.lock() = true;
            changed.notify_one();
        }
    }

    #[vthread::test(seeds = 1000)]
    #[should_panic(expected = "orders were lost")]
    fn a_lost_order_is_found() {
        let (order, orders) = channel(10);
        let closing = Notify::new();
        let n_served = group! {
            spawn! {
                for n in 0..3 {
                    order.send(n).unwrap();
                }
                closing.notify_one();
            }
            serve_with_a_lost_order(&orders, &closing)
        };
        assert_eq!(n_served, 3, "orders were lost");
    }

    #[vthread::test(seeds = 1000)]
    fn no_order_is_lost() {
        let (order, orders) = channel(10);
        let closing = Notify::new();
        let n_served = group! {
            spawn! {
                for n in 0..3 {
                    order.send(n).unwrap();
                }
                closing.notify_one();
            }
            serve(&orders, &closing)
        };
        assert_eq!(n_served, 3, "orders were lost");
    }
}
