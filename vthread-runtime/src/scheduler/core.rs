//! What makes a thread a worker: its queues, the slot of the task woken last, an entry in the sleep
//! protocol; and which of its tasks is the next one.

use super::Scheduler;
use super::cadence::Cadence;
use super::monitor::StuckPoll;
use super::remote::{Own, Remote};
use super::thief::Thief;
use super::worker::Worker;
use crate::task::header::TaskRef;
use crossbeam_deque::{Steal, Worker as Deque};

/// How many tasks in a row may come from the slot.
const SLOT_STREAK: u32 = 3;
/// There may be nested children.
const NESTED: u32 = 1 << 31;

/// The state that makes a thread a worker. Each core is owned by one thread.
#[derive(Debug)]
pub(super) struct Core {
    /// The index of its seat.
    pub(super) index: usize,
    pub(super) deque: Deque<TaskRef>,
    /// Children whose spawners were new themselves. The newest runs first, and the oldest is
    /// stolen first.
    pub(super) nested: Deque<TaskRef>,
    /// The next task comes from `nested`, if both queues have one.
    nested_is_next: bool,
    /// The part that the other threads see, with the task woken last.
    pub(super) remote: &'static Remote,
    /// How many tasks in a row came from the slot; and `NESTED`, without which there are no nested
    /// children. So for most tasks it is one look at one word: zero, and the next comes from the
    /// deque.
    turns: u32,
    pub(super) searching: bool,
    /// It has run out of tasks since it last looked around.
    pub(super) has_searched: bool,
    /// The poll whose thread this core's thread has replaced, until that is reported.
    pub(super) relieves: Option<StuckPoll>,
    /// The thread sleeps: tasks queued meanwhile come from events, which it sees as it returns.
    pub(super) asleep: bool,
    random: u32,
    pub(super) cadence: Cadence,
    pub(super) thief: Thief,
}

impl Core {
    pub(super) fn new(index: usize) -> Self {
        let (deque, nested) = (Deque::new_fifo(), Deque::new_lifo());
        Core {
            index,
            remote: Remote::leaked(deque.stealer(), nested.stealer()),
            deque,
            nested,
            nested_is_next: true,
            turns: 0,
            searching: false,
            has_searched: true,
            relieves: None,
            asleep: false,
            random: 0x9E37_79B9 ^ (index as u32 + 1).wrapping_mul(0x85EB_CA6B),
            cadence: Cadence::new(),
            thief: Thief::default(),
        }
    }

    /// Queues a task that was woken or spawned. True: there is now a task to steal.
    #[inline]
    pub(super) fn push(&mut self, task: TaskRef) -> bool {
        match self.remote.slot.put(task) {
            Some(before) => {
                self.deque.push(before);
                true
            }
            None => false,
        }
    }

    /// Queues the task that was polled last, behind all others.
    ///
    /// The worker takes its next task at once, so that as many tasks are left to steal as there
    /// were before: no other worker is woken for that, unless the next task comes from the slot.
    /// Where it comes from elsewhere than the deque, who takes it wakes another.
    #[inline]
    pub(super) fn push_again(&mut self, task: TaskRef, scheduler: &Scheduler) {
        self.deque.push(task);
        if !self.remote.slot.is_empty() {
            scheduler.wake_another();
        }
    }

    #[inline]
    pub(super) fn next_local(&mut self, worker: &Worker) -> Option<TaskRef> {
        // The monitor may be quicker.
        if let Some(woken) = self.remote.slot.take() {
            if self.turns & !NESTED < SLOT_STREAK {
                self.turns += 1;
                return Some(woken);
            }
            if !self.has_nested() && self.deque.is_empty() {
                // No other waits for its turn.
                return Some(woken);
            }
            self.deque.push(woken);
        }
        if self.turns != 0 {
            return self.next_in_turns(worker.scheduler);
        }
        self.deque.pop()
    }

    /// As `next_local`, past the slot. The two queues take turns, so that neither starves.
    #[cold]
    fn next_in_turns(&mut self, scheduler: &Scheduler) -> Option<TaskRef> {
        self.turns &= NESTED;
        if self.turns == 0 {
            return self.deque.pop();
        }
        self.nested_is_next = !self.nested_is_next;
        let waits_longer = (!self.nested_is_next).then(|| self.deque.pop()).flatten();
        if waits_longer.is_some() {
            return waits_longer;
        }
        let child = self.nested.pop();
        if child.is_none() {
            self.turns = 0;
        } else if !self.deque.is_empty() {
            // The task at the end of the deque may have yielded: see `push_again`.
            scheduler.wake_another();
        }
        child.or_else(|| self.deque.pop())
    }

    /// Queues a child whose spawner is new.
    #[inline]
    pub(super) fn push_nested(&mut self, child: TaskRef) {
        self.nested.push(child);
        self.note_nested();
    }

    /// Moves the oldest of the nested children behind all others, since younger ones may come
    /// without end. False: there are none.
    pub(super) fn advance_oldest(&mut self) -> bool {
        if !self.has_nested() {
            return false;
        }
        if let Steal::Success(oldest) = self.remote.nested.steal() {
            self.deque.push(oldest);
        }
        true
    }

    /// There may be nested children.
    fn has_nested(&self) -> bool {
        self.turns & NESTED != 0
    }

    /// Notes that there are.
    #[inline]
    pub(super) fn note_nested(&mut self) {
        self.turns |= NESTED;
    }

    /// Ends the sleep of the thread that holds the core, in the sleep protocol. False if it was
    /// awake.
    pub(super) fn rise(&mut self, scheduler: &Scheduler) -> bool {
        let was_asleep = std::mem::take(&mut self.asleep);
        if was_asleep && !scheduler.idle.wake_by_itself(self.index) {
            // A poster came at the same time, and relies on a search.
            self.searching = true;
        }
        was_asleep
    }

    /// Makes all tasks stealable, before the core changes hands.
    pub(super) fn open_slot(&mut self) {
        if let Some(task) = self.remote.slot.take() {
            self.deque.push(task);
        }
    }

    /// Gives the core the seat of a thread that is stuck.
    pub(super) fn sit_down(&mut self, index: usize, relieves: StuckPoll) {
        self.index = index;
        self.turns &= NESTED;
        self.relieves = Some(relieves);
    }

    pub(super) fn is_asleep(&self) -> bool {
        self.asleep
    }

    /// Another thread has the seat. No other thread looks into these queues any more, except the
    /// monitor from time to time.
    #[inline]
    pub(super) fn is_relieved(&self) -> bool {
        self.remote.hold.seen_by_owner() == Own::Relieved
    }

    /// A pseudo-random number below `n`: xorshift, to begin stealing at different places.
    pub(super) fn random_below(&mut self, n: usize) -> usize {
        let mut x = self.random;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        self.random = x;
        x as usize % n
    }
}
