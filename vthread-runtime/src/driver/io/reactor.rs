//! The system's poller: which descriptors it watches, and one turn of asking it.

use super::readiness::Readiness;
use super::registrations::{Registrations, index_of};
use crate::base::wake::WakeList;
use crate::primitive::{Mutex, MutexGuard};
use crate::trace::timeline::{self, What};
use mio::event::Source;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Never a registration's.
const INTERRUPT: mio::Token = mio::Token(usize::MAX);

/// How many events one turn takes at most; the rest is left to the next turn.
const EVENTS: usize = 256;

/// The poller.
#[derive(Debug)]
pub(crate) struct Reactor {
    /// Held by the thread that waits.
    poller: Mutex<Poller>,
    pub(super) registry: mio::Registry,
    interrupter: mio::Waker,
    registrations: Mutex<Registrations>,
}

#[derive(Debug)]
struct Poller {
    poll: mio::Poll,
    events: mio::Events,
}

impl Reactor {
    pub(crate) fn new() -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let interrupter = mio::Waker::new(&registry, INTERRUPT)?;
        let poller = Poller {
            poll,
            events: mio::Events::with_capacity(EVENTS),
        };
        Ok(Reactor {
            poller: Mutex::new(poller),
            registry,
            interrupter,
            registrations: Mutex::new(Registrations::default()),
        })
    }

    /// The right to wait, if no other thread has it.
    pub(crate) fn try_turn(&self) -> Option<Turn<'_>> {
        self.poller.try_lock().map(|poller| Turn {
            reactor: self,
            poller,
        })
    }

    /// Ends the wait of the thread that is in its turn.
    pub(crate) fn interrupt(&self) {
        // It fails only if the wake-up counter is full, and then the wait ends all the same.
        let _ = self.interrupter.wake();
    }

    /// Watches `source`, in both directions, for `readiness`. Returns the index of its
    /// registration.
    pub(crate) fn register(
        &self,
        source: &mut impl Source,
        readiness: Arc<Readiness>,
    ) -> io::Result<u32> {
        let token = self.registrations.lock().insert(readiness);
        let index = index_of(token);
        let both = mio::Interest::READABLE | mio::Interest::WRITABLE;
        if let Err(error) = self.registry.register(source, token, both) {
            self.forget(index);
            return Err(error);
        }
        Ok(index)
    }

    /// The token of the registration at `index`.
    pub(super) fn token(&self, index: u32) -> mio::Token {
        self.registrations.lock().token(index)
    }

    /// The number of descriptors that are watched.
    pub(crate) fn count(&self) -> usize {
        self.registrations.lock().count()
    }

    /// Stops to watch `source`. An event that is on its way finds no registration.
    pub(crate) fn deregister(&self, source: &mut impl Source, index: u32) {
        // It fails only for a descriptor that the system does not watch, which is the goal.
        let _ = self.registry.deregister(source);
        self.forget(index);
    }

    fn forget(&self, index: u32) {
        let forgotten = self.registrations.lock().remove(index);
        // It may hold foreign wakers, which are dropped outside the lock.
        drop(forgotten);
    }
}

/// The right to wait for events.
#[derive(Debug)]
pub(crate) struct Turn<'r> {
    reactor: &'r Reactor,
    poller: MutexGuard<'r, Poller>,
}

impl Turn<'_> {
    /// Waits for events, for an interruption, or until `limit` has passed.
    pub(crate) fn wait(&mut self, limit: Option<Duration>) {
        let poller = &mut *self.poller;
        if let Err(error) = poller.poll.poll(&mut poller.events, limit) {
            // A signal ends the wait like any other event.
            assert!(
                error.kind() == io::ErrorKind::Interrupted,
                "the system's poller failed: {error}"
            );
            poller.events.clear();
        }
    }

    /// Records the events. Returns the waiters to wake.
    pub(crate) fn finish(self) -> WakeList {
        let poller = &*self.poller;
        let mut woken = WakeList::default();
        if !poller.events.is_empty() {
            let registrations = self.reactor.registrations.lock();
            for event in &poller.events {
                if let Some(readiness) = registrations.get(event.token()) {
                    if timeline::is_on() {
                        timeline::record(What::Ready);
                    }
                    readiness.announce(event.into(), &mut woken);
                }
            }
        }
        woken
    }
}
