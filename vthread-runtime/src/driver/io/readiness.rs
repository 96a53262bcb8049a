//! The readiness of one descriptor to be read and to be written, and the waiters for that.
//!
//! # Protocol
//! The system reports *changes* only (edge triggered). So a flag for each direction keeps the
//! report, until an attempt shows that it is over. All flags are in one word, with a *tick* that
//! counts the reports.
//!
//! To do an operation:
//! 1. `observe` the word. If the flag of the direction is not set, go to 4.
//! 2. Try the system call. If it does not return `WouldBlock`, that is the result.
//! 3. `clear` the flag, but only if the tick is the observed one: otherwise there is a new report,
//!    and the attempt may have been made before it. Go to 1.
//! 4. `wait`: under the lock of the waiters, look at the flag once more; if it is set go to 1,
//!    otherwise leave a waker.
//!
//! On a report of the system (`announce`): first set the flags and advance the tick, then, under
//! the lock of the waiters, take the wakers of these directions; they are woken outside of it. A
//! waiter that has not seen the flag in step 4 left its waker before the lock was taken here, so it
//! is among them.
//!
//! A flag that is set wrongly costs one attempt. A direction that is closed stays ready for as long
//! as every attempt in it ends at once; for most kinds of descriptors that is forever.
//!
//! # Waiters
//! Any number of vthreads may wait for one direction: each is woken and tries. Operations of ours
//! wait with a `Ticket`, which takes the waker back when they go away. The `poll_*` functions of
//! foreign traits have no such moment, so they leave wakers for good, each vthread's once. Those of
//! waiters that have gone may remain until the next event, and keep the memory of their vthreads.
//! So that they do not pile up, those of vthreads that have ended are dropped whenever their number
//! has doubled; if that does not help, all are woken.

use crate::base::wake::{WakeList, wake};
use crate::primitive::{AtomicUsize, Mutex, Ordering};
use crate::task::short_waker::ShortWaker;
use crate::task::wait_reason;
use crate::task::wait_reason::WaitReason;
use crate::task::waker::has_ended;
use crate::world;
use std::num::NonZeroU64;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::task::{Context, Poll, Waker};

/// A direction in which a descriptor can be ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Reading, and accepting.
    Read,
    /// Writing, and the end of connecting.
    Write,
}

/// A set of directions, with those that are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interest(usize);

const READABLE: usize = 1;
const WRITABLE: usize = 1 << 1;
const READ_CLOSED: usize = 1 << 2;
const WRITE_CLOSED: usize = 1 << 3;
/// How many wakers may be left for one direction before room is made for the first time.
const LEFT_WAKERS: usize = 16;

const FLAGS: usize = 0xff;
const ONE_TICK: usize = FLAGS + 1;

impl Interest {
    /// No direction.
    pub(crate) const NONE: Self = Interest(0);
    /// Both directions.
    pub(crate) const BOTH: Self = Interest(READABLE | WRITABLE);
}

impl From<&mio::event::Event> for Interest {
    fn from(event: &mio::event::Event) -> Self {
        let flag = |is_set: bool, flag: usize| if is_set { flag } else { 0 };
        Interest(
            // The next attempt reports an error, whatever its direction.
            flag(event.is_readable() || event.is_error(), READABLE)
                | flag(event.is_writable() || event.is_error(), WRITABLE)
                | flag(event.is_read_closed(), READ_CLOSED)
                | flag(event.is_write_closed(), WRITE_CLOSED),
        )
    }
}

impl Direction {
    /// The flags that make an attempt worthwhile.
    fn flags(self) -> usize {
        match self {
            Direction::Read => READABLE | READ_CLOSED,
            Direction::Write => WRITABLE | WRITE_CLOSED,
        }
    }

    /// The flag that a short attempt may clear.
    fn clearable(self) -> usize {
        match self {
            Direction::Read => READABLE,
            Direction::Write => WRITABLE,
        }
    }
}

/// The word as it was at some moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed(usize);

impl Observed {
    pub(crate) fn is_ready(self, direction: Direction) -> bool {
        self.0 & direction.flags() != 0
    }
}

/// The readiness of one descriptor.
#[derive(Debug)]
pub(crate) struct Readiness {
    /// The flags, and above them the tick.
    word: AtomicUsize,
    waiters: Mutex<Waiters>,
}

// A panic leaves the list of waiters whole: no code of others runs under its lock. So the streams
// may be used after one, as std's.
impl UnwindSafe for Readiness {}
impl RefUnwindSafe for Readiness {}

/// Most descriptors have one for each direction at most: it costs no allocation.
#[derive(Debug, Default)]
struct Waiters {
    /// A waiter for each direction, with its ticket if it has one.
    first: [Option<(Option<Ticket>, ShortWaker)>; 2],
    /// The other ones for each direction.
    others: Option<Box<[Others; 2]>>,
    last_ticket: u64,
}

/// Waiters for one direction.
#[derive(Debug, Default)]
struct Others {
    ticketed: Vec<(Ticket, Waker)>,
    left: Vec<Waker>,
    /// The number of wakers in `left` that are too many.
    limit: usize,
}

/// A waiter's name, unique for its descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(NonZeroU64);

impl Readiness {
    /// The readiness of a new descriptor: it is `assumed` so far.
    pub(crate) fn new(assumed: Interest) -> Self {
        Readiness {
            word: AtomicUsize::new(assumed.0),
            waiters: Mutex::new(Waiters::default()),
        }
    }

    /// The word as it is now.
    pub(crate) fn observe(&self) -> Observed {
        Observed(self.word.load(Ordering::Acquire))
    }

    /// An attempt made after `observed` took everything: for now `direction` is not ready.
    pub(crate) fn clear(&self, observed: Observed, direction: Direction) {
        self.clear_flags(observed, direction.clearable());
    }

    /// An attempt made after `observed` would have blocked: so `direction` is not closed either. A
    /// FIFO's direction is open again when its other end has been opened.
    pub(crate) fn clear_blocked(&self, observed: Observed, direction: Direction) {
        self.clear_flags(observed, direction.flags());
    }

    fn clear_flags(&self, observed: Observed, flags: usize) {
        let clear = |word: usize| (word & !FLAGS == observed.0 & !FLAGS).then_some(word & !flags);
        // If it fails, there has been a report since.
        let _ = self
            .word
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, clear);
    }

    /// The system reports that the descriptor is ready for `interest`.
    pub(crate) fn announce(&self, interest: Interest, woken: &mut WakeList) {
        let advance = |word: usize| Some((word | interest.0).wrapping_add(ONE_TICK));
        let _ = self
            .word
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, advance);
        let mut waiters = self.waiters.lock();
        for direction in [Direction::Read, Direction::Write] {
            if interest.0 & direction.flags() != 0 {
                waiters.take_all(direction, woken);
            }
        }
    }

    /// Waits for `direction`, on behalf of a `poll_*` function: the waker stays if the caller goes
    /// away.
    pub(crate) fn poll_wait(&self, direction: Direction, cx: &mut Context<'_>) -> Poll<()> {
        // Foreign wakers are cloned, dropped and woken outside the lock.
        let waker = cx.waker().clone();
        let mut waiters = self.waiters.lock();
        if self.observe().is_ready(direction) {
            drop(waiters);
            return Poll::Ready(());
        }
        wait_reason::waits(WaitReason::InputOrOutput, cx);
        world::waits_for_io();
        let first = &mut waiters.first[direction as usize];
        match first {
            None => {
                *first = Some((None, waker.into()));
                return Poll::Pending;
            }
            Some((None, left)) if left.will_wake(&waker) => {
                drop(waiters);
                return Poll::Pending;
            }
            Some(_) => {}
        }
        let waitings = waiters.others(direction);
        if waitings.left.iter().any(|left| left.will_wake(&waker)) {
            drop(waiters);
            return Poll::Pending;
        }
        let (gone, crowd) = waitings.make_room();
        waitings.left.push(waker);
        drop(waiters);
        drop(gone);
        crowd.into_iter().for_each(wake);
        Poll::Pending
    }

    /// Waits for `direction`, under `ticket` if the caller waits already. The caller must `retire`
    /// the ticket it holds before it goes away, whatever the result.
    pub(crate) fn poll_wait_ticketed(
        &self,
        direction: Direction,
        ticket: &mut Option<Ticket>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let waker = cx.waker().clone();
        let mut waiters = self.waiters.lock();
        if self.observe().is_ready(direction) {
            drop(waiters);
            return Poll::Ready(());
        }
        wait_reason::waits(WaitReason::InputOrOutput, cx);
        world::waits_for_io();
        waiters.last_ticket += 1;
        let fresh = Ticket(NonZeroU64::new(waiters.last_ticket).expect("they begin with one"));
        let old = ticket.take();
        let old = old.and_then(|ticket| waiters.retire(direction, ticket));
        waiters.push(direction, fresh, waker);
        *ticket = Some(fresh);
        drop(waiters);
        drop(old);
        Poll::Pending
    }

    /// The holder of `ticket` waits no longer.
    pub(crate) fn retire(&self, direction: Direction, ticket: Ticket) {
        let retired = self.waiters.lock().retire(direction, ticket);
        drop(retired);
    }
}

impl Waiters {
    fn others(&mut self, direction: Direction) -> &mut Others {
        &mut self.others.get_or_insert_default()[direction as usize]
    }

    fn push(&mut self, direction: Direction, ticket: Ticket, waker: Waker) {
        let first = &mut self.first[direction as usize];
        match first {
            None => *first = Some((Some(ticket), waker.into())),
            Some(_) => self.others(direction).ticketed.push((ticket, waker)),
        }
    }

    fn take_all(&mut self, direction: Direction, woken: &mut WakeList) {
        let first = self.first[direction as usize].take();
        woken.extend(first.map(|(_, waker)| Waker::from(waker)));
        if let Some(others) = &mut self.others {
            let others = &mut others[direction as usize];
            woken.extend(others.ticketed.drain(..).map(|(_, waker)| waker));
            woken.extend(others.left.drain(..));
            others.limit = 0;
        }
    }

    /// Takes out the waker under `ticket`, unless it has been woken. The caller drops it outside
    /// the lock.
    fn retire(&mut self, direction: Direction, ticket: Ticket) -> Option<Waker> {
        let first = &mut self.first[direction as usize];
        if let Some((_, waker)) = first.take_if(|(other, _)| *other == Some(ticket)) {
            return Some(waker.into());
        }
        let ticketed = &mut self.others.as_mut()?[direction as usize].ticketed;
        let index = ticketed.iter().position(|&(other, _)| other == ticket)?;
        Some(ticketed.remove(index).1)
    }
}

impl Others {
    /// Returns wakers to drop and wakers to wake, outside the lock, if there are too many in
    /// `left`.
    fn make_room(&mut self) -> (Vec<Waker>, Vec<Waker>) {
        let limit = self.limit.max(LEFT_WAKERS);
        if self.left.len() < limit {
            return (Vec::new(), Vec::new());
        }
        let gone: Vec<_> = self.left.extract_if(.., |left| has_ended(left)).collect();
        if self.left.len() <= limit / 2 {
            return (gone, Vec::new());
        }
        self.limit = limit * 2;
        (gone, std::mem::take(&mut self.left))
    }
}

#[cfg(all(test, not(loom)))]
#[path = "readiness_tests.rs"]
mod tests;

#[cfg(all(test, loom))]
#[path = "readiness_loom.rs"]
mod model;
