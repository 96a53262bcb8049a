//! The log: events in the order in which they happened.
//!
//! One list under one lock: an event precedes another if it was written earlier. It is written
//! without a suspension point in between, by the thread that did what it records.

use crate::scenario::Id;
use std::any::Any;
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::time::Instant;
use vthread::time::now;
use vthread::{CancelReason, Outcome};

/// The number of an item that goes through a channel.
pub(crate) type ItemId = usize;

/// A failure: the number of the step that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Fail(pub(crate) Id);

/// A panic: the payload of a planned one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Thrown {
    /// By a `Panic` step.
    Boom(Id),
    /// By the join of a child without a value.
    Join(Id),
}

/// The payload of a planned panic.
#[derive(Debug)]
pub(crate) struct Boom(pub(crate) Id);

impl Thrown {
    /// The panic that a payload means, if it is one that may occur.
    pub(crate) fn of(payload: &(dyn Any + Send)) -> Option<Self> {
        if let Some(Boom(id)) = payload.downcast_ref() {
            return Some(Thrown::Boom(*id));
        }
        // The message of a join names the child, and children are named after their steps.
        let message = payload.downcast_ref::<String>()?;
        let name = message.strip_prefix("join: `t")?.split('`').next()?;
        name.parse().ok().map(Thrown::Join)
    }
}

/// Parts that begin and are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Part {
    Step,
    /// The frame of a child.
    Task,
    /// The frame of a `Keep`'s child.
    Kept(usize),
    /// The captures of a child.
    Capture,
    /// The value of a child.
    Value,
    /// A local outside of a group, borrowed by its children.
    Canary,
    /// The body of a group, a timeout or a shield.
    Body,
    Branch(usize),
    Cleanup,
    /// A destructor that blocks.
    Slow,
    Item(ItemId),
}

/// An outcome, in terms of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Alive,
    Done,
    Failed,
    Panicked,
    /// Cancelled, because of a failure of the child with this number.
    BecauseOfChild(Id),
    /// Cancelled, because of a failure in this group's body.
    BecauseOfBody(Id),
    GroupCancelled,
    TaskCancelled,
    TimedOut,
    NotSelected,
    GroupEnded,
    /// For a reason that does not occur here.
    Strange,
}

impl Verdict {
    pub(crate) fn of(outcome: Option<Outcome>) -> Self {
        let reason = match outcome {
            None => return Verdict::Alive,
            Some(Outcome::Done) => return Verdict::Done,
            Some(Outcome::Failed) => return Verdict::Failed,
            Some(Outcome::Panicked) => return Verdict::Panicked,
            Some(Outcome::Cancelled(reason)) => reason,
            Some(_) => return Verdict::Strange,
        };
        match reason {
            CancelReason::SiblingFailed(culprit) => {
                // Children are named `t`, groups `g`, and the number of their step.
                let number = culprit.name().and_then(|name| name[1..].parse().ok());
                match (number, culprit.is_body()) {
                    (Some(id), true) => Verdict::BecauseOfBody(id),
                    (Some(id), false) => Verdict::BecauseOfChild(id),
                    (None, _) => Verdict::Strange,
                }
            }
            CancelReason::GroupCancelled => Verdict::GroupCancelled,
            CancelReason::TaskCancelled => Verdict::TaskCancelled,
            CancelReason::TimedOut => Verdict::TimedOut,
            CancelReason::NotSelected => Verdict::NotSelected,
            CancelReason::GroupEnded => Verdict::GroupEnded,
            _ => Verdict::Strange,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Began(Part),
    /// It completed, with a failure or without.
    Ended(Part, Option<Fail>),
    /// Its frame is dropped. Whether the thread was panicking.
    Gone(Part, bool),
    Elapsed,
    Won(usize),
    /// The child had ended by then.
    Saw(Id),
    /// The child's value was taken.
    Joined(Id),
    /// The cancellation that the step requested is done.
    Cancelled,
    /// The result that a `Keep` got from its child.
    Kept(usize, Option<Fail>),
    /// What the child's handle reports about its end.
    Outcome(Verdict),
    /// This many children of this group run, and its limit is lower.
    Crowded(usize),
    /// A child of this group, which waited for its place after a spawn, is about to go on without.
    CutShort,
    Threw(Thrown),
    Caught(Thrown),
    /// Plain code caught the unwinding of a cancelled call, and goes on.
    Swallowed,
    /// A channel took the item.
    Sent(ItemId),
    /// A channel returned the item.
    Got(ItemId),
    /// The channels of this step are about to be dropped.
    Closing,
    /// A failure that a collecting group returned, and its position.
    Collected(usize, Fail),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    pub(crate) micros: u64,
    pub(crate) id: Id,
    pub(crate) what: What,
}

#[derive(Debug)]
pub(crate) struct Log {
    started: Instant,
    events: Mutex<Vec<Event>>,
    alive: AtomicIsize,
    /// Children whose locals are gone.
    gone: Mutex<HashSet<Id>>,
    complaints: Mutex<Vec<String>>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Log {
            started: now(),
            events: Mutex::new(Vec::with_capacity(256)),
            alive: AtomicIsize::new(0),
            gone: Mutex::default(),
            complaints: Mutex::new(Vec::new()),
        }
    }

    pub(crate) fn note(&self, id: Id, what: What) {
        let mut events = self.events.lock().unwrap();
        let micros = self.micros();
        events.push(Event { micros, id, what });
    }

    /// Since the tree began.
    pub(crate) fn micros(&self) -> u64 {
        u64::try_from((now() - self.started).as_micros()).expect("a tree ends")
    }

    /// Begins a part, and records its drop.
    pub(crate) fn part(&self, id: Id, part: Part) -> Alive<'_> {
        self.note(id, What::Began(part));
        self.alive.fetch_add(1, Ordering::Relaxed);
        Alive {
            log: self,
            id,
            part,
        }
    }

    /// Something happened that the runtime must never allow.
    pub(crate) fn complain(&self, complaint: String) {
        self.complaints.lock().unwrap().push(complaint);
    }

    /// After the end: all events, and the objects that are still alive.
    pub(crate) fn close(&self) -> (Vec<Event>, Vec<String>, isize) {
        (
            std::mem::take(&mut self.events.lock().unwrap()),
            std::mem::take(&mut self.complaints.lock().unwrap()),
            self.alive.load(Ordering::SeqCst),
        )
    }

    /// Whether the locals of the child are gone.
    pub(crate) fn is_gone(&self, child: Id) -> bool {
        self.gone.lock().unwrap().contains(&child)
    }

    pub(crate) fn snapshot(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    pub(crate) fn born(&self) {
        self.alive.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn gone(&self, id: Id, part: Part) {
        self.alive.fetch_sub(1, Ordering::Relaxed);
        self.note(id, What::Gone(part, std::thread::panicking()));
        if part == Part::Task {
            self.gone.lock().unwrap().insert(id);
        }
    }
}

/// Lives in a frame, and records when it is dropped.
#[derive(Debug)]
pub(crate) struct Alive<'w> {
    log: &'w Log,
    id: Id,
    part: Part,
}

impl Alive<'_> {
    pub(crate) fn ended<T>(&self, result: &Result<T, Fail>) {
        let failure = result.as_ref().err().copied();
        self.log.note(self.id, What::Ended(self.part, failure));
    }

    pub(crate) fn note(&self, what: What) {
        self.log.note(self.id, what);
    }
}

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.log.gone(self.id, self.part);
    }
}

/// The number of children and bodies of groups that have run.
pub(crate) fn vthreads(events: &[Event]) -> usize {
    let is_one = |event: &&Event| matches!(event.what, What::Began(Part::Task | Part::Kept(_)));
    events.iter().filter(is_one).count() + 1
}
