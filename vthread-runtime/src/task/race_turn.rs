//! Turns among the runners of a race: an operation that takes something, a message or a connection,
//! is only made by the runner that will win with it.
//!
//! # Protocol
//! A race has one turn. An operation of the library that takes or gives something away, made by a
//! runner, first takes the turn; if another runner has it, it waits for that. If it has taken
//! nothing, it gives the turn back at once. Otherwise the turn stays with its runner until that has
//! waited for something else (it is given back then), or has ended: a runner that ends with a value
//! needs the turn too, and gives it back when the others have been cancelled. So between the moment
//! in which one operation takes effect and the moment in which its runner has won, no operation of
//! another runner takes effect; and after that each of them finds its mark.
//!
//! The turn is no lock: it is held for the rest of one poll, and its waiters are vthreads.

use crate::primitive::Mutex;
use std::cell::Cell;
use std::task::{Context, Poll, Waker};

/// The turn of one race.
#[derive(Debug)]
pub(crate) struct Turn(Mutex<State>);

#[derive(Debug)]
struct State {
    is_taken: bool,
    waiting: Vec<Waker>,
}

/// One poll of a runner.
#[derive(Debug)]
pub(crate) struct Runner<'t> {
    turn: &'t Turn,
    has_turn: Cell<bool>,
}

impl Turn {
    pub(crate) fn new() -> Self {
        Turn(Mutex::new(State {
            is_taken: false,
            waiting: Vec::new(),
        }))
    }
}

impl<'t> Runner<'t> {
    pub(crate) fn new(turn: &'t Turn) -> Self {
        Runner {
            turn,
            has_turn: Cell::new(false),
        }
    }

    pub(crate) fn has_turn(&self) -> bool {
        self.has_turn.get()
    }

    /// Takes the turn, or waits until it has been given back.
    pub(crate) fn poll_take(&self, cx: &Context<'_>) -> Poll<()> {
        if self.has_turn.get() {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        let mut state = self.turn.0.lock();
        if state.is_taken {
            state.waiting.push(waker);
            return Poll::Pending;
        }
        state.is_taken = true;
        drop(state);
        self.has_turn.set(true);
        Poll::Ready(())
    }

    /// Gives the turn back, if this runner has it.
    pub(crate) fn give_back(&self) {
        if self.has_turn.replace(false) {
            let mut state = self.turn.0.lock();
            state.is_taken = false;
            let waiting = std::mem::take(&mut state.waiting);
            drop(state);
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}

impl Drop for Runner<'_> {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(all(test, loom))]
mod model {
    use super::*;
    use crate::primitive::{Arc, AtomicUsize, Ordering, block_on, thread};
    use std::future::poll_fn;

    /// Two runners, of which one takes and wins: the other one finds that, and no wait is left
    /// alone.
    #[test]
    fn loom_turn_one_runner_takes() {
        loom::model(|| {
            let shared = Arc::new((Turn::new(), AtomicUsize::new(0), AtomicUsize::new(0)));
            let run = |shared: Arc<(Turn, AtomicUsize, AtomicUsize)>| {
                block_on(poll_fn(move |cx| {
                    let (turn, winner, n_taken) = &*shared;
                    let runner = Runner::new(turn);
                    if runner.poll_take(cx).is_pending() {
                        return Poll::Pending;
                    }
                    // Its mark.
                    if winner.load(Ordering::Relaxed) == 0 {
                        n_taken.fetch_add(1, Ordering::Relaxed);
                        winner.store(1, Ordering::Relaxed);
                    }
                    Poll::Ready(())
                }))
            };
            let other = {
                let shared = shared.clone();
                thread::spawn(move || run(shared))
            };
            run(shared.clone());
            other.join().unwrap();
            assert_eq!(shared.2.load(Ordering::Relaxed), 1);
        });
    }
}
