//! What can run in a world, and what runs next.

use super::Alive;
use super::turns::{FIRST, Hand, PollAbove};
use crate::base::chance::Random;
use crate::task::header::TaskRef;
use crate::task::root::Root;
use crate::task::wait_for::Site;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

/// One in so many vthreads that become ready is put aside.
const PUT_ASIDE: usize = 16;
/// For how many turns at most.
const LONGEST_ASIDE: usize = 24;

/// Something that can run.
#[derive(Debug)]
pub(super) enum Entry {
    Task(TaskRef),
    /// A blocking call that is to be polled again, by the number of its wait.
    Call(usize),
}

/// A blocking call that waits.
#[derive(Debug)]
pub(super) struct WaitingCall {
    pub(super) number: usize,
    pub(super) root: Arc<Root>,
    /// The thread that makes it. None: a helper, which takes no turns.
    pub(super) hand: Option<Hand>,
    /// It is among the entries, or polled, or has ended.
    pub(super) is_queued: bool,
    /// How it is polled above others on its thread, if it can be.
    pub(super) poll: Option<PollAbove>,
    /// It has ended there.
    pub(super) has_ended: bool,
}

/// A wait until nothing can run.
#[derive(Debug)]
pub(super) struct WaitForQuiet {
    pub(super) number: usize,
    /// Not before this time.
    pub(super) at: Duration,
    pub(super) waker: Waker,
}

/// The vthreads that wait for sockets and the like.
#[derive(Debug, Default)]
pub(super) struct Outside {
    /// By address, or by the number of the call.
    waiting: HashSet<usize>,
    /// When the last of them began to wait.
    last: Option<Instant>,
}

/// The state of a world.
#[derive(Debug)]
pub(super) struct Plan {
    ready: VecDeque<Entry>,
    /// Entries that are not chosen for so many turns.
    aside: Vec<(usize, Entry)>,
    pub(super) calls: Vec<WaitingCall>,
    /// The thread whose turn it is.
    pub(super) turn: Hand,
    /// The call for which it has the turn.
    pub(super) chosen: Option<usize>,
    /// Threads that wait for a turn to run vthreads.
    pub(super) free: Vec<Hand>,
    pub(super) n_hands: Hand,
    pub(super) alive: HashMap<usize, Alive>,
    n_spawned: usize,
    n_waits: usize,
    /// Work that helper threads do for the world, by number, and whether it waits for vthreads.
    helpers: HashMap<usize, bool>,
    pub(super) outside: Outside,
    pub(super) quiet: Vec<WaitForQuiet>,
    random: Option<Random>,
    pub(super) was_deadlock: bool,
    pub(super) is_over: bool,
}

impl Plan {
    pub(super) fn new(seed: Option<u64>) -> Self {
        Plan {
            ready: VecDeque::new(),
            aside: Vec::new(),
            calls: Vec::new(),
            turn: FIRST,
            chosen: None,
            free: Vec::new(),
            n_hands: 1,
            alive: HashMap::new(),
            n_spawned: 0,
            n_waits: 0,
            helpers: HashMap::new(),
            outside: Outside::default(),
            quiet: Vec::new(),
            random: seed.map(Random::new),
            was_deadlock: false,
            is_over: false,
        }
    }

    /// The number of a new wait. It is no address of a task: it is odd.
    pub(super) fn new_wait(&mut self) -> usize {
        self.n_waits += 1;
        2 * self.n_waits + 1
    }

    pub(super) fn has_spawned(
        &mut self,
        address: usize,
        (name, site): (Option<Cow<'static, str>>, Site),
    ) {
        let number = self.n_spawned;
        self.n_spawned += 1;
        let alive = Alive { number, name, site };
        self.alive.insert(address, alive);
    }

    pub(super) fn queue(&mut self, entry: Entry) {
        if let Some(random) = &mut self.random
            && random.below(PUT_ASIDE) == 0
        {
            let n_turns = 1 + random.below(LONGEST_ASIDE);
            return self.aside.push((n_turns, entry));
        }
        self.ready.push_back(entry);
    }

    /// Takes what runs next.
    pub(super) fn take_next(&mut self) -> Option<Entry> {
        self.queue_woken_calls();
        self.readmit();
        let n = self.ready.len();
        if n == 0 {
            return None;
        }
        let first = self.random.as_mut().map_or(0, |random| random.below(n));
        let at = (first..n).chain(0..first).find(|&at| self.can_run(at))?;
        self.ready.remove(at)
    }

    fn queue_woken_calls(&mut self) {
        for at in 0..self.calls.len() {
            let call = &mut self.calls[at];
            if call.hand.is_some() && !call.is_queued && call.root.notice.is_given() {
                call.is_queued = true;
                let entry = Entry::Call(call.number);
                self.queue(entry);
            }
        }
    }

    /// A turn passes for what was put aside.
    fn readmit(&mut self) {
        let has_others = !self.ready.is_empty();
        let ready = &mut self.ready;
        let mut aside = std::mem::take(&mut self.aside);
        for (n_turns, entry) in aside.drain(..) {
            match n_turns.checked_sub(1) {
                Some(n_turns) if has_others => self.aside.push((n_turns, entry)),
                _ => ready.push_back(entry),
            }
        }
    }

    /// A call can go on if no other one waits above it on the stack of its thread, or if it can be
    /// polled there.
    fn can_run(&self, at: usize) -> bool {
        match self.ready[at] {
            Entry::Task(_) => true,
            Entry::Call(number) => {
                let call = self.call(number);
                let mut above = self.calls.iter().rev();
                let newest = above.find(|other| other.hand == call.hand);
                call.poll.is_some() || newest.is_some_and(|newest| newest.number == number)
            }
        }
    }

    fn call(&self, number: usize) -> &WaitingCall {
        let call = self.calls.iter().find(|call| call.number == number);
        call.expect("a call is queued while it waits")
    }

    /// The thread of a call that waits.
    pub(super) fn hand_of(&self, number: usize) -> Hand {
        self.call(number).hand.expect("helpers are not queued")
    }

    /// A call that waits.
    pub(super) fn call_mut(&mut self, number: usize) -> &mut WaitingCall {
        let call = self.calls.iter_mut().find(|call| call.number == number);
        call.expect("a call is queued while it waits")
    }

    /// Whether a call has ended while another one waited above it.
    pub(super) fn has_ended_above(&self, number: usize) -> bool {
        self.call(number).has_ended
    }

    /// A helper is to do some work, whose number it returns.
    pub(super) fn helper_begins(&mut self) -> usize {
        let work = self.new_wait();
        self.helpers.insert(work, false);
        work
    }

    /// The helper waits in a blocking call, before it has taken a notice. Returns the number of the
    /// wait.
    pub(super) fn helper_waits(&mut self, work: usize, root: Arc<Root>) -> usize {
        let number = self.new_wait();
        self.calls.push(WaitingCall {
            number,
            root,
            hand: None,
            is_queued: false,
            poll: None,
            has_ended: false,
        });
        // Unless it was abandoned.
        self.helpers.entry(work).and_modify(|waits| *waits = true);
        number
    }

    /// The wait is over. The notice is taken after this, by the next poll.
    pub(super) fn helper_goes_on(&mut self, work: usize, number: usize) -> Option<WaitingCall> {
        let entry = self.helpers.entry(work);
        entry.and_modify(|waits| *waits = false);
        let at = self.calls.iter().position(|call| call.number == number);
        at.map(|at| self.calls.remove(at))
    }

    /// The work is done, and the waiter for it was woken; or it is abandoned.
    pub(super) fn helper_ends(&mut self, work: usize) {
        self.helpers.remove(&work);
    }

    /// Whether helpers work, or are about to go on.
    pub(super) fn has_helpers(&self) -> bool {
        let goes_on = |call: &WaitingCall| call.hand.is_none() && call.root.notice.is_given();
        self.helpers.values().any(|waits| !waits) || self.calls.iter().any(goes_on)
    }

    /// Whether something was woken that could run.
    pub(super) fn is_woken(&self) -> bool {
        let is_woken = |call: &WaitingCall| !call.is_queued && call.root.notice.is_given();
        let has_entries = (0..self.ready.len()).any(|at| self.can_run(at));
        has_entries || !self.aside.is_empty() || self.calls.iter().any(is_woken)
    }
}

impl Outside {
    pub(super) fn begin(&mut self, who: usize) {
        self.waiting.insert(who);
        self.last = Some(Instant::now());
    }

    pub(super) fn end(&mut self, who: usize) {
        self.waiting.remove(&who);
    }

    pub(super) fn is_waited_for(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether an answer may still be on its way: one was asked for less than `patience` ago.
    pub(super) fn is_lively(&self, patience: Duration) -> bool {
        self.is_waited_for() && self.last.is_some_and(|last| last.elapsed() < patience)
    }
}
