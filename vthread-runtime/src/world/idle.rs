//! What a world does when none of its vthreads can run: it waits for helpers and sockets, or lets
//! time pass, or has a deadlock.

use super::World;
use super::plan::{Plan, WaitForQuiet};
use super::turns::{FIRST, Goal};
use parking_lot::MutexGuard;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

/// How long a socket may be silent before it no longer holds the clock.
const SILENCE: Duration = Duration::from_millis(100);
/// How long a thread that the world does not know may take to wake something, before there is a
/// deadlock. A machine with other work may keep it waiting; a deadlock costs this once.
const LAST_CHANCE: Duration = Duration::from_secs(2);
/// How often things are looked at that cannot call.
const PACE: Duration = Duration::from_millis(2);
/// The same while sockets are at work.
const SOCKETS_PACE: Duration = Duration::from_micros(100);

impl World {
    /// Called when nothing can run, by the thread that has the turn. False: the goal is reached, or
    /// will not be.
    pub(super) fn idle(&self, plan: &mut MutexGuard<'_, Plan>, goal: Goal) -> bool {
        if plan.has_helpers() {
            self.changed.wait_for(plan, PACE);
            return true;
        }
        if plan.outside.is_lively(SILENCE) {
            self.changed.wait_for(plan, SOCKETS_PACE);
            return true;
        }
        if goal == Goal::Quiet {
            return false;
        }
        let now = self.clock.elapsed();
        let is_due = |wait: &mut WaitForQuiet| wait.at <= now;
        let due: Vec<_> = plan.quiet.extract_if(.., is_due).collect();
        if !due.is_empty() {
            let wake_all = || due.into_iter().for_each(|wait| wait.waker.wake());
            MutexGuard::unlocked(plan, wake_all);
            return true;
        }
        let next_quiet = plan.quiet.iter().map(|wait| wait.at).min();
        if let Some(next) = self.time.next().into_iter().chain(next_quiet).min() {
            self.clock.move_to(next);
            MutexGuard::unlocked(plan, || self.time.ring());
            return true;
        }
        if plan.outside.is_waited_for() {
            self.changed.wait_for(plan, PACE);
            return true;
        }
        if self.is_woken_from_outside(plan) {
            return true;
        }
        if goal == Goal::AllEnded {
            return false;
        }
        self.deadlock(plan);
        true
    }

    fn is_woken_from_outside(&self, plan: &mut MutexGuard<'_, Plan>) -> bool {
        let end = Instant::now() + LAST_CHANCE;
        while Instant::now() < end {
            self.changed.wait_for(plan, PACE);
            if plan.is_woken() {
                return true;
            }
        }
        false
    }

    fn deadlock(&self, plan: &mut MutexGuard<'_, Plan>) {
        if std::mem::replace(&mut plan.was_deadlock, true) {
            eprintln!(
                "vthread: a test cannot end: its vthreads were cancelled because of a deadlock, and \
                 those that are left wait forever; the process ends"
            );
            std::process::abort();
        }
        let mut calls = plan.calls.iter();
        let body = calls.find(|call| call.hand == Some(FIRST));
        let root = body.map(|call| call.root.clone());
        let root = root.expect("a world runs for its body, until `run_to_end`");
        MutexGuard::unlocked(plan, || self.upper.deadlock(root));
    }
}

/// A wait until nothing else can run, and a time has come.
#[derive(Debug)]
pub(crate) struct Pause {
    world: Arc<World>,
    at: Duration,
    begun: Option<(usize, Arc<Bell>)>,
}

#[derive(Debug)]
struct Bell {
    has_rung: AtomicBool,
    waiter: Waker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.has_rung.store(true, Ordering::Release);
        self.waiter.wake_by_ref();
    }
}

impl Pause {
    /// Until `duration` has passed.
    pub(crate) fn after(world: Arc<World>, duration: Duration) -> Self {
        let at = world.elapsed().saturating_add(duration);
        Pause {
            world,
            at,
            begun: None,
        }
    }

    pub(crate) fn poll_over(&mut self, cx: &Context<'_>) -> Poll<()> {
        if let Some((_, bell)) = &self.begun {
            if bell.has_rung.load(Ordering::Acquire) {
                return Poll::Ready(());
            }
            if bell.waiter.will_wake(cx.waker()) {
                return Poll::Pending;
            }
        }
        self.leave();
        let bell = Arc::new(Bell {
            has_rung: AtomicBool::new(false),
            waiter: cx.waker().clone(),
        });
        let mut plan = self.world.plan.lock();
        let number = plan.new_wait();
        plan.quiet.push(WaitForQuiet {
            number,
            at: self.at,
            waker: bell.clone().into(),
        });
        drop(plan);
        self.begun = Some((number, bell));
        Poll::Pending
    }

    fn leave(&mut self) {
        if let Some((number, _)) = self.begun.take() {
            let mut plan = self.world.plan.lock();
            let own = plan.quiet.extract_if(.., |wait| wait.number == number);
            let own: Vec<_> = own.collect();
            drop(plan);
            drop(own);
        }
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.leave();
    }
}
