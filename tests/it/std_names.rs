//! Std's names: programs of std's in which only `std::` has become `vthread::`.

/// `std::sync` and `std::sync::mpsc`.
mod sync {
    use vthread::prelude::*;
    use vthread::sync::atomic::{AtomicUsize, Ordering};
    use vthread::sync::mpsc::{self, RecvTimeoutError, TrySendError, sync_channel};
    use vthread::sync::{Arc, Condvar, Mutex, Once, OnceLock, RwLock, Semaphore};
    use vthread::time::Duration;

    #[vthread]
    fn workers() -> usize {
        let (tx, rx) = mpsc::channel();
        group! {
            for i in 0..4 {
                let tx: mpsc::Sender<usize> = tx.clone();
                spawn! {
                    for j in 0..10 {
                        tx.send(i * j).unwrap();
                    }
                }
            }
            drop(tx);
            let mut sum = 0;
            for n in &rx {
                sum += n;
            }
            sum
        }
    }

    #[test]
    fn a_channel_of_workers() {
        assert_eq!(workers(), 6 * 45);
    }

    #[vthread]
    fn ping_pong(n_rounds: u32) -> u32 {
        let (to_there, there) = sync_channel(0);
        let (to_here, here) = sync_channel(0);
        group! {
            spawn! {
                for n in there {
                    to_here.send(n + 1).unwrap();
                }
            }
            let mut n = 0;
            while n < n_rounds {
                to_there.send(n).unwrap();
                n = here.recv().unwrap();
            }
            drop(to_there);
            n
        }
    }

    #[test]
    fn a_rendezvous_of_two() {
        assert_eq!(ping_pong(10_000), 10_000);
    }

    #[vthread]
    fn once_and_for_all() -> (usize, u32) {
        let (once, n_done) = (Once::new(), AtomicUsize::new(0));
        let value = OnceLock::<u32>::new();
        group! {
            for _ in 0..100 {
                spawn! {
                    once.call_once(|| { n_done.fetch_add(1, Ordering::SeqCst); });
                    assert_eq!(n_done.load(Ordering::SeqCst), 1);
                }
            }
            let waiting = spawn! { *value.wait() };
            once.wait();
            value.set(7).unwrap();
            assert_eq!(waiting.join(), 7);
        }
        (n_done.into_inner(), value.into_inner().unwrap())
    }

    #[test]
    fn what_is_done_once() {
        assert_eq!(once_and_for_all(), (1, 7));
    }

    #[vthread]
    fn limits() {
        let (mutex, changed) = (Mutex::new(0), Condvar::new());
        let soon = Duration::from_millis(2);
        let (guard, result) = changed.wait_timeout(mutex.lock(), soon);
        assert!(result.timed_out() && *guard == 0);
        drop(guard);
        group! {
            spawn! {
                *mutex.lock() = 1;
                changed.notify_all();
            }
            let long = Duration::from_secs(60);
            let (guard, result) = changed.wait_timeout_while(mutex.lock(), long, |n| *n == 0);
            assert!(!result.timed_out() && *guard == 1);
        }
        let (tx, rx) = sync_channel::<u8>(0);
        assert_eq!(rx.recv_timeout(soon), Err(RecvTimeoutError::Timeout));
        assert_eq!(tx.try_send(1), Err(TrySendError::Full(1)));
        drop(tx);
        assert_eq!(rx.recv_timeout(soon), Err(RecvTimeoutError::Disconnected));
    }

    #[vthread::test(seeds = 10)]
    fn waits_that_end() {
        limits();
    }

    /// Guards and permits that leave the function that took them.
    #[vthread]
    fn owned() -> usize {
        let lock = Arc::new(RwLock::new(0));
        let permits = Arc::new(Semaphore::new(2));
        group! {
            for _ in 0..10 {
                let permit = permits.clone().acquire_owned();
                let mut writing = lock.clone().write_owned();
                spawn!(move => {
                    *writing += 1;
                    drop(permit);
                });
            }
        }
        assert_eq!(permits.available_permits(), 2);
        *lock.clone().read_owned()
    }

    #[test]
    fn guards_go_elsewhere() {
        assert_eq!(owned(), 10);
    }

    /// A closed channel wakes all its waiters.
    #[vthread]
    fn closing() -> (Vec<u32>, bool) {
        let (tx, rx) = sync_channel(1);
        group! {
            let closed = {
                let tx = tx.clone();
                spawn! { tx.closed() }
            };
            let sender = spawn! {
                let mut n = 0;
                while tx.send(n).is_ok() {
                    n += 1;
                }
            };
            let mut received = vec![rx.recv().unwrap()];
            rx.close();
            closed.join();
            sender.join();
            rx.recv_many(&mut received, 10);
            (received, rx.recv().is_err())
        }
    }

    #[test]
    fn a_channel_that_is_closed() {
        let (received, is_over) = closing();
        assert!(is_over && (1..=2).contains(&received.len()));
        assert!(received.iter().copied().eq(0..received.len() as u32));
    }
}

/// `std::time`, and what goes beyond it.
mod time {
    use vthread::prelude::*;
    use vthread::sync::{Receiver, unbounded};
    use vthread::time::{Duration, Instant, SystemTime, Timer, UNIX_EPOCH, until};

    /// Ends when nothing has come for a while.
    #[vthread]
    fn until_idle(rx: &Receiver<u32>, patience: Duration) -> usize {
        let (mut idle, mut n_received) = (Timer::after(patience), 0);
        loop {
            select! {
                biased;
                message = rx.recv() => {
                    message.unwrap();
                    n_received += 1;
                    idle.reset(patience);
                }
                _ = idle.wait() => break n_received,
            }
        }
    }

    #[vthread::test(virtual_time)]
    fn a_timer_is_moved() {
        let (tx, rx) = unbounded();
        (0..10).for_each(|i| tx.try_send(i).unwrap());
        assert_eq!(until_idle(&rx, Duration::from_millis(5)), 10);
        assert_eq!(vthread::testing::elapsed(), Duration::from_millis(5));
    }

    #[vthread]
    fn ends_at(deadline: Instant) -> bool {
        timeout!(until(deadline) => vthread::time::sleep(Duration::from_secs(60))).is_err()
    }

    #[test]
    fn a_timeout_ends_at_a_point_in_time() {
        let deadline = Instant::now() + Duration::from_millis(5);
        assert!(ends_at(deadline) && Instant::now() >= deadline);
        assert!(ends_at(deadline), "it has passed");
        assert!(SystemTime::now() > UNIX_EPOCH);
    }
}
