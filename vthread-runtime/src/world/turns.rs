//! Whose turn it is. One thread of a world runs at a time: that of the test, as long as no blocking
//! call in plain code stands on its stack.

#![allow(unsafe_code)] // A blocking call that waits is polled further up on the stack.

use super::World;
use super::here;
use super::plan::{Entry, Plan, WaitingCall};
use crate::task::current;
use crate::task::header::TaskRef;
use crate::task::root::Root;
use crate::trace::timeline::Then;
use parking_lot::MutexGuard;
use std::fmt;
use std::sync::Arc;
use std::thread;

/// A thread of a world, by number.
pub(super) type Hand = u32;

/// The thread of the test.
pub(super) const FIRST: Hand = 0;

/// The result of a poll of a call, above another one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Above {
    /// Its result is kept until its thread comes back to it.
    Ended,
    Waits,
    /// It is to be polled again.
    Again,
}

/// How a blocking call that waits on a thread is polled further up on the stack of that thread.
pub(super) struct PollAbove(*mut (dyn FnMut() -> Above + 'static));

// SAFETY: it is used on its own thread only, as `poll` asks.
unsafe impl Send for PollAbove {}

impl PollAbove {
    fn new(poll: &mut dyn FnMut() -> Above) -> Self {
        let poll = std::ptr::from_mut(poll);
        // SAFETY: only the lifetime changes, which `poll` asks its caller about.
        PollAbove(unsafe {
            std::mem::transmute::<*mut dyn FnMut() -> Above, *mut (dyn FnMut() -> Above + 'static)>(
                poll,
            )
        })
    }

    /// # Safety
    /// - The call waits on this thread: `World::wait` has not returned.
    /// - It is not being polled.
    unsafe fn poll(&self) -> Above {
        // SAFETY: borrowed by `World::wait`, for this.
        unsafe { (*self.0)() }
    }
}

impl fmt::Debug for PollAbove {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PollAbove")
    }
}

/// Until when a thread runs vthreads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// Until the turn is that of this call.
    Call(usize),
    /// Until nothing can run without the passage of time.
    Quiet,
    /// Until all vthreads have ended.
    AllEnded,
    /// Until the world ends.
    End,
}

impl World {
    /// A blocking call of the thread `hand` waits; `has_yielded`: only for its next turn.
    pub(super) fn wait(
        &self,
        hand: Hand,
        root: &Arc<Root>,
        has_yielded: bool,
        poll: &mut dyn FnMut() -> Above,
    ) {
        let is_outermost = current::with(|running| running.is_none());
        let waits_for_io = here::has_waited_for_io();
        let mut plan = self.plan.lock();
        let number = plan.new_wait();
        plan.calls.push(WaitingCall {
            number,
            root: root.clone(),
            hand: Some(hand),
            is_queued: has_yielded,
            poll: is_outermost.then(|| PollAbove::new(poll)),
            has_ended: false,
        });
        if has_yielded {
            plan.queue(Entry::Call(number));
        }
        if waits_for_io {
            plan.outside.begin(number);
        }
        if is_outermost {
            self.take_turns(&mut plan, hand, Goal::Call(number));
        } else {
            // Above a vthread, whose poll goes on only after this call: others run elsewhere.
            loop {
                self.pass_turn(&mut plan);
                while plan.turn != hand {
                    self.changed.wait(&mut plan);
                }
                match plan.chosen.take() {
                    Some(chosen) if chosen != number => self.poll_above(&mut plan, chosen),
                    _ => break,
                }
            }
        }
        plan.chosen = None;
        plan.calls.retain(|call| call.number != number);
        plan.outside.end(number);
    }

    /// Polls a call that waits further down on the stack of this thread.
    fn poll_above(&self, plan: &mut MutexGuard<'_, Plan>, number: usize) {
        let call = plan.call_mut(number).poll.take();
        let call = call.expect("chosen because it can be polled here");
        let polled = MutexGuard::unlocked(plan, || {
            // SAFETY: the call waits on this thread, further down on its stack, and is not being
            // polled: the pointer to its poll was in its place.
            unsafe { call.poll() }
        });
        let waits_for_io = here::has_waited_for_io();
        let is_again = matches!(polled, Above::Again);
        let waiting = plan.call_mut(number);
        waiting.is_queued = !matches!(polled, Above::Waits);
        waiting.has_ended = matches!(polled, Above::Ended);
        waiting.poll = (!waiting.has_ended).then_some(call);
        if is_again {
            plan.queue(Entry::Call(number));
        }
        plan.outside.end(number);
        if waits_for_io {
            plan.outside.begin(number);
        }
    }

    /// Runs vthreads on this thread, which is the test's. True: the goal is reached.
    pub(super) fn run_until(&self, goal: Goal) -> bool {
        self.take_turns(&mut self.plan.lock(), FIRST, goal)
    }

    fn take_turns(&self, plan: &mut MutexGuard<'_, Plan>, hand: Hand, goal: Goal) -> bool {
        loop {
            if !self.await_turn(plan, hand) {
                return false;
            }
            if hand != FIRST && plan.free.contains(&FIRST) {
                self.pass_turn(plan);
                continue;
            }
            match goal {
                Goal::Call(number)
                    if plan.chosen == Some(number) || plan.has_ended_above(number) =>
                {
                    return true;
                }
                Goal::AllEnded if plan.alive.is_empty() => return true,
                _ => {}
            }
            match plan.take_next() {
                Some(Entry::Task(task)) => self.poll(plan, task),
                Some(Entry::Call(number)) if goal == Goal::Call(number) => return true,
                Some(Entry::Call(number)) => {
                    plan.chosen = Some(number);
                    plan.turn = plan.hand_of(number);
                    self.changed.notify_all();
                }
                None => {
                    if !self.idle(plan, goal) {
                        return false;
                    }
                }
            }
        }
    }

    /// False: the world is over.
    fn await_turn(&self, plan: &mut MutexGuard<'_, Plan>, hand: Hand) -> bool {
        if plan.turn != hand {
            plan.free.push(hand);
            while plan.turn != hand && !plan.is_over {
                self.changed.wait(plan);
            }
            plan.free.retain(|free| *free != hand);
        }
        !plan.is_over
    }

    /// Another thread runs vthreads: the test's, if it is free.
    fn pass_turn(&self, plan: &mut Plan) {
        plan.turn = match plan.free.contains(&FIRST) {
            true => FIRST,
            false => match plan.free.last() {
                Some(&free) => free,
                None => self.start_thread(plan),
            },
        };
        self.changed.notify_all();
    }

    /// Starts a thread that waits for its turn. From this thread, so that it inherits the capture
    /// of what the test prints.
    fn start_thread(&self, plan: &mut Plan) -> Hand {
        let hand = plan.n_hands;
        plan.n_hands += 1;
        let world = self.share();
        let main = move || {
            world.within(hand, || {
                world.take_turns(&mut world.plan.lock(), hand, Goal::End);
            });
        };
        let name = format!("vthread-test-{hand}");
        let started = thread::Builder::new().name(name).spawn(main);
        started.expect("a thread for the test's other vthreads");
        hand
    }

    fn poll(&self, plan: &mut MutexGuard<'_, Plan>, task: TaskRef) {
        let who = task.address();
        plan.outside.end(who);
        let (has_ended, waits_for_io) = MutexGuard::unlocked(plan, || {
            let has_ended = task.run() == Then::ENDS;
            (has_ended, here::has_waited_for_io())
        });
        if has_ended {
            plan.alive.remove(&who);
        } else if waits_for_io {
            plan.outside.begin(who);
        }
    }
}
