//! The mutex: polled by hand for cancellation, with threads for the rest.

use super::*;
use crate::sync::raw_lock::PATIENCE;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

#[derive(Default)]
struct Counter(AtomicUsize);
impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
impl Counter {
    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A lock operation that is polled by hand.
struct Hand<'m> {
    frame: Pin<Box<Lock<'m, u64>>>,
    woken: Arc<Counter>,
}

impl<'m> Hand<'m> {
    fn new(mutex: &'m Mutex<u64>) -> Self {
        let frame = Box::pin(mutex.locked(Location::caller()));
        Hand {
            frame,
            woken: Arc::default(),
        }
    }

    fn poll(&mut self) -> Option<MutexGuard<'m, u64>> {
        let waker = Waker::from(self.woken.clone());
        match self.frame.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(guard) => Some(guard),
            Poll::Pending => None,
        }
    }
}

#[test]
fn is_const() {
    static NAMES: Mutex<Vec<&str>> = Mutex::new(Vec::new());
    NAMES.lock().block().push("Ada");
    assert_eq!(*NAMES.lock().block(), ["Ada"]);
}

#[test]
fn waiters_are_served_in_order() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let (mut first, mut second) = (Hand::new(&mutex), Hand::new(&mutex));
    assert!(first.poll().is_none() && second.poll().is_none());
    drop(guard);
    assert_eq!((first.woken.get(), second.woken.get()), (1, 0));
    drop(first.poll().expect("it is free"));
    assert_eq!(second.woken.get(), 1);
    drop(second.poll().expect("it is free"));
    assert!(mutex.try_lock().is_some());
}

#[test]
fn a_waiter_that_goes_is_forgotten() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let (mut first, mut second) = (Hand::new(&mutex), Hand::new(&mutex));
    assert!(first.poll().is_none() && second.poll().is_none());
    drop(first.frame);
    drop(guard);
    assert_eq!((first.woken.get(), second.woken.get()), (0, 1));
    assert!(second.poll().is_some());
}

#[test]
fn a_notified_waiter_that_goes_passes_it_on() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let (mut first, mut second) = (Hand::new(&mutex), Hand::new(&mutex));
    assert!(first.poll().is_none() && second.poll().is_none());
    drop(guard);
    drop(first.frame);
    assert_eq!((first.woken.get(), second.woken.get()), (1, 1));
    assert!(second.poll().is_some());
}

/// Newcomers take the lock before the notified waiter, until its patience ends.
fn overtake(mutex: &Mutex<u64>, waiter: &mut Hand<'_>) {
    for _ in 0..PATIENCE {
        let quicker = mutex.try_lock().expect("the first to come may take it");
        assert!(waiter.poll().is_none());
        drop(quicker);
    }
}

/// While a waiter is on its way, releases notify no other.
#[test]
fn one_waiter_at_a_time_is_on_its_way() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let (mut first, mut second) = (Hand::new(&mutex), Hand::new(&mutex));
    assert!(first.poll().is_none() && second.poll().is_none());
    drop(guard);
    for _ in 0..10 {
        drop(mutex.try_lock().unwrap());
    }
    assert_eq!((first.woken.get(), second.woken.get()), (1, 0));
    drop(first.poll().expect("it is free"));
    assert_eq!(second.woken.get(), 1);
    drop(second.poll().expect("it is free"));
}

#[test]
fn who_was_overtaken_is_granted_the_lock_next() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let mut waiter = Hand::new(&mutex);
    assert!(waiter.poll().is_none());
    drop(guard);
    overtake(&mutex, &mut waiter);
    assert!(mutex.try_lock().is_none(), "it is the waiter's now");
    assert_eq!(waiter.woken.get(), 1 + usize::from(PATIENCE));
    drop(waiter.poll().expect("granted"));
    assert!(mutex.try_lock().is_some());
}

#[test]
fn a_lock_granted_to_one_that_goes_is_released() {
    let mutex = Mutex::new(0);
    let guard = mutex.try_lock().unwrap();
    let (mut granted, mut next) = (Hand::new(&mutex), Hand::new(&mutex));
    assert!(granted.poll().is_none() && next.poll().is_none());
    drop(guard);
    overtake(&mutex, &mut granted);
    assert!(mutex.try_lock().is_none());
    drop(granted.frame);
    assert_eq!(next.woken.get(), 1);
    drop(next.poll().expect("released by the one that went"));
    assert!(mutex.try_lock().is_some());
}

#[test]
fn excludes() {
    const EACH: u64 = if cfg!(miri) { 5 } else { 2_000 };
    let mutex = Mutex::new(0_u64);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..EACH {
                    let mut guard = mutex.lock().block();
                    let before = *guard;
                    std::hint::spin_loop();
                    *guard = before + 1;
                }
            });
        }
    });
    assert_eq!(mutex.into_inner(), 4 * EACH);
}

#[test]
fn a_panic_releases_it() {
    let mutex = Mutex::new(0);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _guard = mutex.lock().block();
        std::panic::resume_unwind(Box::new(()));
    }));
    assert!(panicked.is_err());
    assert_eq!(format!("{mutex:?}"), "Mutex(0)");
    let _guard = mutex.try_lock().unwrap();
    assert_eq!(format!("{mutex:?}"), "Mutex(<locked>)");
}

#[test]
fn is_send_and_sync_like_std() {
    fn is_send<T: Send + ?Sized>() {}
    fn is_sync<T: Sync + ?Sized>() {}
    is_send::<Mutex<std::cell::Cell<u8>>>();
    is_sync::<Mutex<std::cell::Cell<u8>>>();
    is_send::<MutexGuard<'_, std::cell::Cell<u8>>>();
    is_send::<Lock<'_, std::cell::Cell<u8>>>();
    is_sync::<MutexGuard<'_, u8>>();
    is_sync::<Mutex<[u8]>>();
}
