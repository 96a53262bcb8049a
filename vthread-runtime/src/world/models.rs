//! Models of what reaches a world from other threads.

use super::plan::{Plan, WaitingCall};
use super::turns::FIRST;
use crate::primitive::{Arc, AtomicU32, Mutex, Ordering, thread};
use crate::task::root::Root;
use std::sync::Arc as StdArc;

/// The body of the test waits for a helper, which asks a vthread and waits for the answer.
struct Scene {
    plan: Mutex<Plan>,
    body: StdArc<Root>,
    asking: StdArc<Root>,
    /// What the helper waits for.
    answer: AtomicU32,
    /// What the body waits for.
    result: AtomicU32,
}

impl Scene {
    fn new() -> (Arc<Self>, usize) {
        let mut plan = Plan::new(None);
        let body = Root::new();
        let number = plan.new_wait();
        plan.calls.push(WaitingCall {
            number,
            root: body.clone(),
            hand: Some(FIRST),
            is_queued: false,
            poll: None,
            has_ended: false,
        });
        let work = plan.helper_begins();
        let scene = Scene {
            plan: Mutex::new(plan),
            body,
            asking: Root::new(),
            answer: AtomicU32::new(0),
            result: AtomicU32::new(0),
        };
        (Arc::new(scene), work)
    }

    /// The order of the events on the helper's thread: as `call/block_on.rs` and
    /// `driver/blocking/offload.rs` have it.
    fn help(&self, work: usize) {
        loop {
            self.asking.notice.take();
            if self.answer.load(Ordering::Relaxed) == 1 {
                break;
            }
            let wait = self.plan.lock().helper_waits(work, self.asking.clone());
            self.asking.notice.wait(None);
            drop(self.plan.lock().helper_goes_on(work, wait));
        }
        self.result.store(1, Ordering::Relaxed);
        self.body.unpark();
        self.plan.lock().helper_ends(work);
    }

    /// Whether the world would move its clock now: nothing can run, and nothing holds it.
    fn is_idle(&self) -> bool {
        let mut plan = self.plan.lock();
        plan.take_next().is_none() && !plan.has_helpers()
    }
}

/// Time does not pass between the answer to a helper and the moment in which the body, which waits
/// for the helper, can run: a limit of a second would be missed.
#[test]
fn loom_the_clock_stands_still_while_a_helper_works() {
    loom::model(|| {
        let (scene, work) = Scene::new();
        let helper = {
            let scene = scene.clone();
            thread::spawn(move || scene.help(work))
        };
        // Before the answer it may be idle, once the helper waits.
        let was_idle = scene.is_idle();
        if was_idle {
            assert_eq!(scene.result.load(Ordering::Relaxed), 0);
        }
        scene.answer.store(1, Ordering::Relaxed);
        scene.asking.unpark();
        for _ in 0..2 {
            let mut plan = scene.plan.lock();
            let can_run = plan.take_next().is_some();
            if can_run {
                assert_eq!(scene.result.load(Ordering::Relaxed), 1);
                break;
            }
            assert!(plan.has_helpers(), "the clock goes on beside a helper");
        }
        helper.join().unwrap();
        scene.body.notice.take();
        assert_eq!(scene.result.load(Ordering::Relaxed), 1);
    });
}

/// A helper that waits for what no vthread will send does not hold the clock: the world is idle as
/// soon as it waits, and not before.
#[test]
fn loom_a_helper_that_waits_does_not_hold_the_clock() {
    loom::model(|| {
        let (scene, work) = Scene::new();
        let helper = {
            let scene = scene.clone();
            thread::spawn(move || {
                let wait = scene.plan.lock().helper_waits(work, scene.asking.clone());
                (work, wait)
            })
        };
        let was_idle = scene.is_idle();
        let (work, wait) = helper.join().unwrap();
        assert!(scene.is_idle());
        drop(scene.plan.lock().helper_goes_on(work, wait));
        assert!(!scene.is_idle(), "{was_idle}");
        // The waiter is woken before the work ends.
        scene.body.unpark();
        scene.plan.lock().helper_ends(work);
        assert!(scene.plan.lock().take_next().is_some());
    });
}
