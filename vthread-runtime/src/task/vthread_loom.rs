//! Models of the marks of vthreads: none ends before all are marked that are to be.

use super::*;
use crate::primitive::{Arc, AtomicBool, AtomicUsize, thread};
use crate::task::state::{Pause, State, Wake};

/// Whether the vthread, as its poll sees it, is marked.
fn is_marked(vthread: &Vthread) -> bool {
    vthread.may_be_cancelled() && vthread.root.has_own_mark()
}

/// A vthread that was marked early ends as soon as it may, and its sibling, which sees that, is
/// marked.
#[test]
fn loom_vthread_ends_when_all_are_marked() {
    loom::model(|| {
        let [early, late] = [Arc::new(Vthread::new()), Arc::new(Vthread::new())];
        let has_ended = Arc::new(AtomicBool::new(false));
        let walk = {
            let all = [early.clone(), late.clone()];
            thread::spawn(move || {
                for vthread in &all {
                    vthread.hold();
                    vthread.root.mark(&CancelReason::GroupCancelled);
                    vthread.set_maybe_cancelled();
                }
                for vthread in &all {
                    vthread.release();
                }
            })
        };
        let ending = {
            let has_ended = has_ended.clone();
            thread::spawn(move || {
                if is_marked(&early) && !early.is_held() {
                    has_ended.store(true, Ordering::Release);
                }
            })
        };
        if has_ended.load(Ordering::Acquire) {
            assert!(is_marked(&late), "it sees the end");
        }
        walk.join().unwrap();
        ending.join().unwrap();
    });
}

/// A task that ends as soon as it may, and a vthread that is marked after it.
struct Polled {
    state: State,
    vthread: Vthread,
    late: Vthread,
    n_ended: AtomicUsize,
}

impl Polled {
    /// Polls the task as often as it was notified.
    fn poll(&self) {
        loop {
            if is_marked(&self.vthread) && !self.vthread.is_held() {
                assert!(is_marked(&self.late), "it ends before all are marked");
                self.n_ended.fetch_add(1, Ordering::AcqRel);
                let _ = self.state.complete();
                return;
            }
            if self.state.pause() == Pause::Idle {
                return;
            }
            self.state.start();
        }
    }

    fn wake(&self) {
        if self.state.wake() == Wake::Schedule {
            self.state.start();
            self.poll();
        }
    }
}

/// A task that waits is woken while a walk marks it: whichever of the two has it polled, it ends
/// once, and not before all are marked.
#[test]
fn loom_vthread_is_claimed_or_held() {
    loom::model(|| {
        let task = Arc::new(Polled {
            state: State::new(),
            vthread: Vthread::new(),
            late: Vthread::new(),
            n_ended: AtomicUsize::new(0),
        });
        assert_eq!(task.state.pause(), Pause::Idle);
        let waker = {
            let task = task.clone();
            thread::spawn(move || task.wake())
        };
        let is_claimed = task.state.claim();
        if !is_claimed {
            task.vthread.hold();
        }
        for vthread in [&task.vthread, &task.late] {
            vthread.root.mark(&CancelReason::GroupCancelled);
            vthread.set_maybe_cancelled();
        }
        if is_claimed {
            task.poll();
        } else {
            task.vthread.release();
            task.wake();
        }
        waker.join().unwrap();
        assert_eq!(task.n_ended.load(Ordering::Acquire), 1);
    });
}
