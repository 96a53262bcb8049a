//! A semaphore: a number of permits, given out first come, first served.
//!
//! # Protocol
//! All state is under one lock. Added permits are granted on the spot, from the front of the list
//! and only as far as they go (`grant`): a waiter is woken when its permits are its own already. So
//! no waiter is overtaken, and between two uses of the lock either there is none, or the first one
//! waits for more than there is.
//!
//! A waiter that goes away gives back the permits it was granted. If it was granted none it may
//! have kept others waiting that want less; so in both cases, when it has left the list,
//! `Departure` grants anew.
//!
//! When the semaphore is closed, all waiters are told to attempt, and find that it is. Permits that
//! were granted before stay granted.
#![allow(unsafe_code)] // Projection to the pinned wait.

use super::waitlist::{Note, Place, Wait, WaitList};
use crate::base::wake::WakeList;
use crate::primitive::{Mutex, MutexGuard, const_unless_modelled};
use crate::task::call::{Call, Suspends, name_hash};
use crate::task::current::checkpoint;
use crate::task::wait_reason::WaitReason;
use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

/// A number of permits. A vthread that acquires one holds it until the [`Permit`] is dropped; if
/// there is none, it waits.
///
/// Permits are given out in the order of the requests: a request for many is not overtaken by
/// others for few.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::sync::Semaphore;
///
/// let connections = Semaphore::new(2);
/// let first = connections.acquire().block(); // In #[vthread] code: connections.acquire()
/// let second = connections.acquire().block();
/// assert!(connections.try_acquire().is_none());
/// drop(first);
/// assert_eq!(connections.available_permits(), 1);
/// # drop(second);
/// ```
pub struct Semaphore {
    locked: Mutex<State>,
}

/// The state of a semaphore.
pub(super) struct State {
    is_closed: bool,
    n_available: usize,
    /// Available, granted, held: all but the forgotten ones.
    n_total: usize,
    waiters: WaitList,
}

impl Semaphore {
    const_unless_modelled! {
        /// Makes a semaphore with `permits` permits.
        pub const fn new(permits: usize) -> Self {
            Semaphore {
                locked: Mutex::new(State {
                    is_closed: false,
                    n_available: permits,
                    n_total: permits,
                    waiters: WaitList::new(),
                }),
            }
        }
    }

    /// Waits for a permit and takes it. It is given back when it is dropped.
    ///
    /// # Suspends
    /// Always a checkpoint, and while there is no permit or there are earlier waiters.
    ///
    /// # Cancellation
    /// The wait ends, and a permit that was about to be taken goes to the next waiter.
    ///
    /// # Panics
    /// If the semaphore is [closed](Semaphore::close).
    pub fn acquire(&self) -> Call<Permit<'_>, Acquire<'_>> {
        self.acquire_many(1)
    }

    /// Waits for `n` permits and takes them all at once. They are given back when the [`Permit`] is
    /// dropped.
    ///
    /// If there are fewer than `n` in all, it waits until enough are added; so do later requests.
    ///
    /// # Suspends
    /// Always a checkpoint, and while there are not enough permits or there are earlier waiters.
    ///
    /// # Cancellation
    /// The wait ends, and permits that were about to be taken go to the waiters behind.
    ///
    /// # Panics
    /// If the semaphore is [closed](Semaphore::close).
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::Semaphore;
    ///
    /// let megabytes = Semaphore::new(64);
    /// let large = megabytes.acquire_many(48).block();
    /// assert!(megabytes.try_acquire_many(32).is_none());
    /// drop(large);
    /// assert!(megabytes.try_acquire_many(32).is_some());
    /// ```
    pub fn acquire_many(&self, n: usize) -> Call<Permit<'_>, Acquire<'_>> {
        Call::leaf(Acquire::new(self, n))
    }

    /// Takes a permit if there is one and no vthread waits, unless the semaphore is closed. Never
    /// waits, never a checkpoint.
    pub fn try_acquire(&self) -> Option<Permit<'_>> {
        self.try_acquire_many(1)
    }

    /// Takes `n` permits if there are so many and no vthread waits, unless the semaphore is closed.
    /// Never waits, never a checkpoint.
    pub fn try_acquire_many(&self, n: usize) -> Option<Permit<'_>> {
        let is_taken = self.locked.lock().take(n);
        // Made only if they were taken: a permit is given back when it is dropped.
        is_taken.then(|| Permit { semaphore: self, n })
    }

    /// Returns the number of permits that could be taken at this moment.
    pub fn available_permits(&self) -> usize {
        self.locked.lock().n_available
    }

    /// Adds `n` permits to those that exist.
    ///
    /// # Panics
    /// If there would be more than [`usize::MAX`] in all. Nothing is added then.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::Semaphore;
    ///
    /// // A gate that is opened once.
    /// static OPEN: Semaphore = Semaphore::new(0);
    /// std::thread::spawn(|| OPEN.add_permits(1));
    /// OPEN.acquire().block().forget();
    /// ```
    #[track_caller]
    pub fn add_permits(&self, n: usize) {
        let mut woken = WakeList::default();
        let mut state = self.locked.lock();
        let n_total = state.n_total.checked_add(n);
        if let Some(n_total) = n_total {
            state.n_total = n_total;
            state.n_available += n;
            state.grant(&mut woken);
        }
        drop(state);
        assert!(
            n_total.is_some(),
            "vthread::sync::Semaphore: more than usize::MAX permits"
        );
        woken.wake_all();
    }

    /// The lock around its state.
    pub(super) fn locked(&self) -> &Mutex<State> {
        &self.locked
    }

    /// Takes back `n` permits that were given out, and grants them to waiters.
    pub(super) fn take_back(&self, n: usize) {
        let mut woken = WakeList::default();
        let mut state = self.locked.lock();
        state.n_available += n;
        state.grant(&mut woken);
        drop(state);
        woken.wake_all();
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("acquire") }> for Semaphore {}
#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("acquire_many") }> for Semaphore {}

impl State {
    /// Takes `n` permits, unless there are fewer or there are waiters.
    fn take(&mut self, n: usize) -> bool {
        let is_first = self.waiters.is_empty();
        match self.n_available.checked_sub(n) {
            Some(left) if is_first && !self.is_closed => {
                self.n_available = left;
                true
            }
            _ => false,
        }
    }

    /// No permit is given out any more.
    pub(super) fn close(&mut self, woken: &mut WakeList) {
        self.is_closed = true;
        woken.extend(self.waiters.notify_all());
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Grants the permits to the waiters, from the first on, as far as they go.
    fn grant(&mut self, woken: &mut WakeList) {
        if self.is_closed {
            return;
        }
        while let Some(n) = self.waiters.next_weight() {
            let Some(left) = self.n_available.checked_sub(n) else {
                return;
            };
            self.n_available = left;
            woken.extend(self.waiters.notify(Note::Granted));
        }
    }
}

/// The frame of [`Semaphore::acquire`] and [`Semaphore::acquire_many`].
#[derive(Debug)]
pub struct Acquire<'s> {
    // Dropped first: by then the list does not hold it any more.
    wait: Wait<Claim<'s>>,
    departure: Departure<'s>,
}

/// The claim of a waiter.
#[derive(Clone, Copy, Debug)]
struct Claim<'s> {
    semaphore: &'s Semaphore,
    n: usize,
}

impl<'s> Acquire<'s> {
    pub(super) fn new(semaphore: &'s Semaphore, n: usize) -> Self {
        Acquire {
            wait: Wait::new(Claim { semaphore, n }),
            departure: Departure {
                semaphore,
                is_due: Cell::new(false),
            },
        }
    }
}

impl<'s> Future for Acquire<'s> {
    type Output = Permit<'s>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Permit<'s>> {
        self.as_ref().poll_unless_closed(cx).map(|acquired| {
            acquired.expect("vthread::sync::Semaphore: it is closed, see `acquire_unless_closed`")
        })
    }
}

impl<'s> Acquire<'s> {
    pub(super) fn poll_unless_closed(
        self: Pin<&Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Permit<'s>, SemaphoreClosed>> {
        ready!(checkpoint(cx));
        let acquire = self;
        let departure = &acquire.get_ref().departure;
        // SAFETY: The wait is pinned with the frame: nothing moves it out.
        let wait = unsafe { acquire.map_unchecked(|acquire| &acquire.wait) };
        let polled = wait.poll(cx, |claim, state, note| match note {
            Some(Note::Granted) => Some(Ok(())),
            _ if state.is_closed => Some(Err(SemaphoreClosed(()))),
            // A waiter finds itself in the list, and stays.
            _ => state.take(claim.n).then_some(Ok(())),
        });
        departure.is_due.set(polled.is_pending());
        let Claim { semaphore, n } = *wait.place();
        polled.map(|acquired| acquired.map(|()| Permit { semaphore, n }))
    }
}

impl Place for Claim<'_> {
    const DOING: WaitReason = WaitReason::Acquiring;

    type State = State;

    fn weight(&self) -> usize {
        self.n
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.semaphore.locked.lock()
    }

    fn waiters(state: &mut State) -> &mut WaitList {
        &mut state.waiters
    }

    fn pass_on(&self, state: &mut State, note: Note) -> Option<Waker> {
        if note == Note::Attempt {
            // It is closed, and all were notified.
            return None;
        }
        // The granted permits may be enough for several others: the departure of this waiter grants
        // them.
        state.n_available += self.n;
        None
    }
}

/// Grants anew when a waiter has gone away.
struct Departure<'s> {
    semaphore: &'s Semaphore,
    is_due: Cell<bool>,
}

impl Drop for Departure<'_> {
    fn drop(&mut self) {
        if self.is_due.get() {
            self.semaphore.take_back(0);
        }
    }
}

/// Permits of a [`Semaphore`]; dropping it gives them back.
#[must_use = "a permit is given back as soon as it is dropped"]
pub struct Permit<'s> {
    semaphore: &'s Semaphore,
    n: usize,
}

impl<'s> Permit<'s> {
    /// `n` permits, which were just taken.
    pub(super) fn of_taken(semaphore: &'s Semaphore, n: usize) -> Self {
        Permit { semaphore, n }
    }

    /// Returns the number of permits.
    pub fn num_permits(&self) -> usize {
        self.n
    }

    /// Gives back all but `n` of the permits.
    pub(super) fn keep(&mut self, n: usize) {
        let surplus = self.n - n;
        self.n = n;
        self.semaphore.take_back(surplus);
    }

    /// Keeps the permits out for good: the semaphore has so many fewer from now on.
    ///
    /// # Examples
    /// ```
    /// # use vthread_runtime as vthread;
    /// use vthread::sync::Semaphore;
    ///
    /// let semaphore = Semaphore::new(3);
    /// semaphore.try_acquire().unwrap().forget();
    /// assert_eq!(semaphore.available_permits(), 2);
    /// ```
    pub fn forget(mut self) {
        let n = std::mem::take(&mut self.n);
        self.semaphore.locked.lock().n_total -= n;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.n > 0 {
            self.semaphore.take_back(self.n);
        }
    }
}

/// The error of a [closed](Semaphore::close) [`Semaphore`]: it gives out no more permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SemaphoreClosed(());

impl fmt::Display for SemaphoreClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("semaphore closed")
    }
}

impl std::error::Error for SemaphoreClosed {}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore")
            .field("available_permits", &self.available_permits())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Departure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Departure")
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Permit").field(&self.n).finish()
    }
}

#[cfg(all(test, not(loom)))]
#[path = "semaphore_tests.rs"]
mod tests;

#[cfg(all(test, loom))]
#[path = "semaphore_loom.rs"]
mod model;
