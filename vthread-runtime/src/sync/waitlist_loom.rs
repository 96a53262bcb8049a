//! The wait list under every schedule: a place with permits, and waiters that may be cancelled.

use super::*;
use crate::primitive::{Arc, Mutex, block_on, thread};
use std::future::poll_fn;
use std::pin::pin;

struct Permits(Mutex<State>);

struct State {
    n: usize,
    list: WaitList,
}

impl Permits {
    fn new(n: usize) -> Arc<Self> {
        Arc::new(Permits(Mutex::new(State {
            n,
            list: WaitList::new(),
        })))
    }

    fn add(&self) {
        let mut state = self.0.lock();
        state.n += 1;
        let next = state.list.notify(Note::Attempt);
        drop(state);
        next.into_iter().for_each(wake);
    }

    fn take(&self) {
        let wait = pin!(Wait::new(self));
        block_on(poll_fn(|cx| wait.as_ref().poll(cx, take)));
    }

    /// Polls once, and goes away.
    fn take_or_go(&self) -> bool {
        let wait = pin!(Wait::new(self));
        let mut polled = false;
        block_on(poll_fn(|cx| {
            polled = wait.as_ref().poll(cx, take).is_ready();
            Poll::Ready(())
        }));
        polled
    }
}

fn take(_: &&Permits, state: &mut State, _: Option<Note>) -> Option<()> {
    state.n = state.n.checked_sub(1)?;
    Some(())
}

impl Place for &Permits {
    const DOING: WaitReason = WaitReason::Acquiring;

    type State = State;
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }
    fn waiters(state: &mut State) -> &mut WaitList {
        &mut state.list
    }
    fn pass_on(&self, state: &mut State, note: Note) -> Option<Waker> {
        if state.n > 0 {
            state.list.notify(note)
        } else {
            None
        }
    }
}

/// One permit for one waiter, while another comes and goes: the one that stays gets it.
#[test]
fn loom_waitlist_a_note_is_passed_on() {
    loom::model(|| {
        let permits = Permits::new(0);
        let goer = {
            let permits = permits.clone();
            thread::spawn(move || {
                if permits.take_or_go() {
                    permits.add();
                }
            })
        };
        let giver = {
            let permits = permits.clone();
            thread::spawn(move || permits.add())
        };
        permits.take();
        goer.join().unwrap();
        giver.join().unwrap();
    });
}

/// Two waiters that stay and two permits: both get one.
#[test]
fn loom_waitlist_no_waiter_is_forgotten() {
    loom::model(|| {
        let permits = Permits::new(1);
        let other = {
            let permits = permits.clone();
            thread::spawn(move || {
                permits.take();
                permits.add();
            })
        };
        permits.take();
        permits.add();
        other.join().unwrap();
        assert_eq!(permits.0.lock().n, 1);
        assert!(permits.0.lock().list.is_empty());
    });
}
