//! Waking: vthreads, and the tasks of foreign executors.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

/// Wakes without ever unwinding: a foreign waker that panics must not end the thread that delivers
/// events to all others. The panic hook has reported it by then.
pub(crate) fn wake(waker: Waker) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| waker.wake())) {
        // A payload may panic again when it is dropped.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(payload)));
    }
}

/// Wakers collected under a lock, to be woken after its release.
///
/// A few fit without an allocation.
#[derive(Debug, Default)]
pub(crate) struct WakeList {
    few: [Option<Waker>; 8],
    /// How many places of `few` are in use.
    n_few: usize,
    more: Vec<Waker>,
}

impl WakeList {
    /// Adds one more.
    pub(crate) fn push(&mut self, waker: Waker) {
        match self.few.get_mut(self.n_few) {
            Some(place) => {
                *place = Some(waker);
                self.n_few += 1;
            }
            None => self.more.push(waker),
        }
    }

    /// Wakes all, in the order in which they were collected.
    pub(crate) fn wake_all(&mut self) {
        let few = &mut self.few[..std::mem::take(&mut self.n_few)];
        few.iter_mut().filter_map(Option::take).for_each(wake);
        self.more.drain(..).for_each(wake);
    }
}

impl Extend<Waker> for WakeList {
    fn extend<I: IntoIterator<Item = Waker>>(&mut self, wakers: I) {
        wakers.into_iter().for_each(|waker| self.push(waker));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    #[derive(Default)]
    struct Panicking(AtomicUsize);
    impl Wake for Panicking {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
            std::panic::resume_unwind(Box::new("from a waker"));
        }
    }

    #[test]
    fn a_waker_that_panics_stops_no_other() {
        let counter = Arc::new(Panicking::default());
        let mut list = WakeList::default();
        list.extend((0..20).map(|_| Waker::from(counter.clone())));
        list.wake_all();
        assert_eq!(counter.0.load(Ordering::Relaxed), 20);
        list.wake_all();
        assert_eq!(counter.0.load(Ordering::Relaxed), 20);
    }
}
