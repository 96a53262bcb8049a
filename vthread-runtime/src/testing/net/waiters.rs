//! Those who wait at a socket for datagrams, each until its wait is dropped.

use crate::base::wake::WakeList;
use std::task::Waker;

/// A list of wakers, by the numbers of the waits.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    n_waits: u64,
    wakers: Vec<(u64, Waker)>,
}

impl Waiters {
    /// The waiter of the wait with that number waits, or if there is none, that of a new one. What
    /// it returns is to be dropped outside the lock.
    pub(super) fn enter(&mut self, wait: &mut Option<u64>, waker: Waker) -> Option<Waker> {
        let own = self
            .wakers
            .iter_mut()
            .find(|(number, _)| Some(*number) == *wait);
        if let Some((_, own)) = own {
            return Some(std::mem::replace(own, waker));
        }
        self.n_waits += 1;
        *wait = Some(self.n_waits);
        self.wakers.push((self.n_waits, waker));
        None
    }

    /// The wait is over. What it returns is to be dropped outside the lock.
    pub(super) fn leave(&mut self, wait: u64) -> Option<Waker> {
        let own = self.wakers.iter().position(|(number, _)| *number == wait)?;
        Some(self.wakers.remove(own).1)
    }

    pub(super) fn wake_all(&mut self, woken: &mut WakeList) {
        woken.extend(self.wakers.drain(..).map(|(_, waker)| waker));
    }

    #[cfg(all(test, not(loom)))]
    pub(super) fn len(&self) -> usize {
        self.wakers.len()
    }
}
