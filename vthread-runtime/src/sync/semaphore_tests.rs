//! The semaphore: polled by hand for cancellation, with threads for the rest.

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Wake, Waker};

#[derive(Default)]
struct Counter(AtomicUsize);
impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// An operation that is polled by hand.
struct Hand<'s> {
    frame: Pin<Box<Acquire<'s>>>,
    woken: Arc<Counter>,
}

impl<'s> Hand<'s> {
    /// One that waits already.
    fn waiting(semaphore: &'s Semaphore, n: usize) -> Self {
        let mut hand = Hand {
            frame: Box::pin(Acquire::new(semaphore, n)),
            woken: Arc::default(),
        };
        assert!(hand.poll().is_none());
        hand
    }

    fn poll(&mut self) -> Option<Permit<'s>> {
        let waker = Waker::from(self.woken.clone());
        match self.frame.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(permit) => Some(permit),
            Poll::Pending => None,
        }
    }

    fn woken(&self) -> usize {
        self.woken.0.load(Ordering::Relaxed)
    }
}

#[test]
fn is_const() {
    static ONE: Semaphore = Semaphore::new(1);
    let permit = ONE.acquire().block();
    assert!(ONE.try_acquire().is_none());
    drop(permit);
    assert!(ONE.try_acquire().is_some());
}

#[test]
fn nobody_is_overtaken() {
    let semaphore = Semaphore::new(2);
    let held = semaphore.try_acquire().unwrap();
    let mut many = Hand::waiting(&semaphore, 2);
    let mut one = Hand::waiting(&semaphore, 1);
    assert!(
        semaphore.try_acquire().is_none(),
        "others have asked before"
    );
    drop(held);
    assert_eq!((many.woken(), one.woken()), (1, 0));
    let both = many.poll().expect("granted");
    assert!(one.poll().is_none());
    drop(both);
    assert!(one.poll().is_some());
    assert_eq!(semaphore.available_permits(), 2);
}

#[test]
fn many_waiters_are_granted_at_once() {
    let semaphore = Semaphore::new(0);
    let mut hands: Vec<_> = (0..5).map(|_| Hand::waiting(&semaphore, 1)).collect();
    semaphore.add_permits(3);
    let woken: Vec<_> = hands.iter().map(Hand::woken).collect();
    assert_eq!(woken, [1, 1, 1, 0, 0]);
    let permits: Vec<_> = hands.iter_mut().filter_map(Hand::poll).collect();
    assert_eq!((permits.len(), semaphore.available_permits()), (3, 0));
    drop(permits);
    assert!(hands[3].poll().is_some() && hands[4].poll().is_some());
}

#[test]
fn what_is_granted_to_one_that_goes_is_passed_on() {
    let semaphore = Semaphore::new(0);
    let large = Hand::waiting(&semaphore, 3);
    let mut small: Vec<_> = (0..3).map(|_| Hand::waiting(&semaphore, 1)).collect();
    semaphore.add_permits(3);
    assert_eq!(large.woken(), 1);
    drop(large);
    assert!(small.iter().all(|hand| hand.woken() == 1));
    assert!(small.iter_mut().all(|hand| hand.poll().is_some()));
    assert_eq!(semaphore.available_permits(), 3);
}

#[test]
fn one_that_goes_does_not_stand_in_the_way() {
    let semaphore = Semaphore::new(1);
    let large = Hand::waiting(&semaphore, 2);
    let mut small = Hand::waiting(&semaphore, 1);
    drop(large);
    assert_eq!(small.woken(), 1);
    assert!(small.poll().is_some());
}

#[test]
fn nothing_can_be_had_at_once() {
    let semaphore = Semaphore::new(0);
    drop(semaphore.acquire_many(0).block());
    let mut one = Hand::waiting(&semaphore, 1);
    let mut nothing = Hand::waiting(&semaphore, 0);
    semaphore.add_permits(1);
    assert!(one.poll().is_some() && nothing.poll().is_some());
}

#[test]
fn forgotten_permits_make_room_for_others() {
    let semaphore = Semaphore::new(usize::MAX);
    let many = semaphore.try_acquire_many(usize::MAX - 1).unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        semaphore.add_permits(1);
    }));
    assert!(panicked.is_err());
    assert_eq!(semaphore.available_permits(), 1);
    many.forget();
    semaphore.add_permits(1);
    assert_eq!(semaphore.available_permits(), 2);
}

/// A waiter comes and goes all the time, while others acquire and give back: in the end all permits
/// are there.
#[test]
fn nothing_is_lost_to_waiters_that_go() {
    const PERMITS: usize = 3;
    let semaphore = Semaphore::new(PERMITS);
    let (goes_on, n_held) = (AtomicBool::new(true), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for n in 1..=2 {
            let (semaphore, goes_on, n_held) = (&semaphore, &goes_on, &n_held);
            scope.spawn(move || {
                while goes_on.load(Ordering::Relaxed) {
                    let permit = semaphore.acquire_many(n).block();
                    assert!(n_held.fetch_add(n, Ordering::SeqCst) + n <= PERMITS);
                    n_held.fetch_sub(n, Ordering::SeqCst);
                    drop(permit);
                }
            });
        }
        for i in 0..if cfg!(miri) { 20 } else { 100_000 } {
            let mut frame = Box::pin(Acquire::new(&semaphore, 1 + i % PERMITS));
            for _ in 0..i % 5 {
                let mut cx = Context::from_waker(Waker::noop());
                if frame.as_mut().poll(&mut cx).is_ready() {
                    break;
                }
            }
        }
        goes_on.store(false, Ordering::Relaxed);
    });
    assert_eq!(semaphore.available_permits(), PERMITS);
}

#[test]
fn is_send_and_sync() {
    fn is_send<T: Send>() {}
    fn is_sync<T: Sync>() {}
    is_send::<Semaphore>();
    is_sync::<Semaphore>();
    is_send::<Acquire<'_>>();
    is_send::<Permit<'_>>();
    is_sync::<Permit<'_>>();
}
