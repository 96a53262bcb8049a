//! A point that several vthreads pass together.
//!
//! # Protocol
//! Under one lock: how many have arrived, and a generation, which advances whenever the barrier
//! opens. A waiter remembers the generation of its arrival; it may pass when that is over. A waiter
//! that goes away before has not arrived.

use super::waitlist::{Note, Place, Wait, WaitList};
use crate::base::wake::WakeList;
use crate::primitive::{Mutex, MutexGuard, const_unless_modelled};
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::wait_reason::WaitReason;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Waker, ready};

/// Lets a number of vthreads wait for each other.
///
/// As [`std::sync::Barrier`]: it opens when the given number waits, and is closed for the next
/// ones.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::Barrier;
///
/// let barrier = Barrier::new(3);
/// std::thread::scope(|scope| {
///     for _ in 0..2 {
///         scope.spawn(|| barrier.wait().block());
///     }
///     barrier.wait().block(); // In #[vthread] code: barrier.wait()
/// });
/// ```
pub struct Barrier {
    n: usize,
    locked: Mutex<State>,
}

/// The state of a barrier.
struct State {
    n_arrived: usize,
    generation: u64,
    waiters: WaitList,
}

/// The result of [`Barrier::wait`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarrierWaitResult {
    is_leader: bool,
}

impl BarrierWaitResult {
    /// Returns whether the arrival of this vthread opened the barrier. There is one leader each
    /// time.
    pub fn is_leader(&self) -> bool {
        self.is_leader
    }
}

impl Barrier {
    const_unless_modelled! {
        /// Makes a barrier that opens when `n` wait. With 0 or 1 it is always open.
        pub const fn new(n: usize) -> Self {
            Barrier {
                n,
                locked: Mutex::new(State { n_arrived: 0, generation: 0, waiters: WaitList::new() }),
            }
        }
    }

    /// Waits until the number of vthreads that the barrier was made for have arrived.
    ///
    /// # Suspends
    /// Always a checkpoint, and until the last one arrives.
    ///
    /// # Cancellation
    /// Cancelled means not arrived: the others wait for one more. If the barrier has opened they
    /// pass.
    ///
    /// # Panics
    /// Never.
    pub fn wait(&self) -> Call<BarrierWaitResult, impl Future<Output = BarrierWaitResult>> {
        Call::leaf(self.waiting())
    }

    /// The frame of `wait`.
    async fn waiting(&self) -> BarrierWaitResult {
        poll_fn(checkpoint).await;
        let mut arrival = Arrival {
            barrier: self,
            generation: None,
        };
        let wait = pin!(Wait::new(Door(self)));
        let (is_leader, mut woken) = poll_fn(move |cx| {
            if wait.is_present() {
                ready!(checkpoint(cx));
            }
            wait.as_ref().poll(cx, |_, state, _| arrival.pass(state))
        })
        .await;
        woken.wake_all();
        BarrierWaitResult { is_leader }
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("wait") }> for Barrier {}

/// A waiter. If it is dropped, it has not arrived.
struct Arrival<'b> {
    barrier: &'b Barrier,
    /// The generation at its arrival.
    generation: Option<u64>,
}

impl Arrival<'_> {
    /// Under the lock: arrives, and passes if the barrier is open. Returns whether it has opened
    /// it, and the waiters to wake.
    fn pass(&mut self, state: &mut State) -> Option<(bool, WakeList)> {
        let Some(generation) = self.generation else {
            state.n_arrived += 1;
            if state.n_arrived < self.barrier.n {
                self.generation = Some(state.generation);
                return None;
            }
            state.n_arrived = 0;
            state.generation += 1;
            let mut woken = WakeList::default();
            woken.extend(state.waiters.notify_all());
            return Some((true, woken));
        };
        (state.generation != generation).then(|| (false, WakeList::default()))
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        if let Some(generation) = self.generation {
            let mut state = self.barrier.locked.lock();
            if state.generation == generation {
                state.n_arrived -= 1;
            }
        }
    }
}

/// The place where a vthread waits.
#[derive(Clone, Copy)]
struct Door<'b>(&'b Barrier);

impl Place for Door<'_> {
    const DOING: WaitReason = WaitReason::AtBarrier;

    type State = State;

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.locked.lock()
    }

    fn waiters(state: &mut State) -> &mut WaitList {
        &mut state.waiters
    }

    fn pass_on(&self, _: &mut State, _: Note) -> Option<Waker> {
        // All have been notified.
        None
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier")
            .field("n", &self.n)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::manual_poll::by_hand;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn opens_for_all_and_closes() {
        let barrier = Barrier::new(3);
        for _ in 0..2 {
            let (mut first, mut second) = (by_hand(barrier.wait()), by_hand(barrier.wait()));
            assert!(first.poll().is_none() && second.poll().is_none());
            let mut third = by_hand(barrier.wait());
            assert!(third.poll().expect("the last one").is_leader());
            assert_eq!((first.woken(), second.woken()), (1, 1));
            assert!(!first.poll().expect("open").is_leader());
            assert!(!second.poll().expect("open").is_leader());
        }
    }

    #[test]
    fn stops_nobody_alone() {
        for n in 0..2 {
            let barrier = Barrier::new(n);
            assert!(barrier.wait().block().is_leader());
            assert!(barrier.wait().block().is_leader());
        }
    }

    #[test]
    fn a_cancelled_one_has_not_arrived() {
        let barrier = Barrier::new(2);
        let mut first = by_hand(barrier.wait());
        assert!(first.poll().is_none());
        drop(first);
        let mut second = by_hand(barrier.wait());
        assert!(second.poll().is_none(), "it is alone");
        assert!(by_hand(barrier.wait()).poll().is_some());
        // A waiter that is cancelled after the barrier has opened has passed.
        drop(second);
        assert!(by_hand(barrier.wait()).poll().is_none());
    }

    #[test]
    fn all_are_there_each_time() {
        let (barrier, arrivals) = (Barrier::new(3), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    for round in 1..=if cfg!(miri) { 5 } else { 500 } {
                        arrivals.fetch_add(1, Ordering::SeqCst);
                        barrier.wait().block();
                        assert!(arrivals.load(Ordering::SeqCst) >= 3 * round);
                    }
                });
            }
        });
    }

    #[test]
    fn is_send() {
        fn is_send<T: Send>(_: &T) {}
        is_send(&Barrier::new(1).wait());
    }
}

#[cfg(all(test, loom))]
#[path = "barrier_loom.rs"]
mod model;
