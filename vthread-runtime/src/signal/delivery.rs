//! The delivery of signals from the signal handler to waiters.
//!
//! # Protocol
//! The signal handler may do next to nothing: it counts the signal, then rings a bell. A waiter
//! knows the count that has been reported, and is done when there are more. Before it waits it
//! leaves its waker with the bell, and then reads the count once more: a signal that is counted
//! after that rings after it too, and so finds the waker.
//!
//! The count only grows, and is kept whether there is a waiter or not: so no signal is lost between
//! two waits.
#![allow(unsafe_code)] // Registers a signal handler.

use super::SignalKind;
use super::bell::{Bell, Hearing};
use crate::primitive::{AtomicUsize, Ordering};
use crate::task::taking::taking;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// The state of one kind of signal.
#[derive(Debug)]
pub(super) struct News {
    /// How many have arrived since the signal was taken over.
    count: Arc<AtomicUsize>,
    /// One more than the count that a wait without a listener of its own has reported last; 0 if
    /// there was none.
    told: AtomicUsize,
    bell: Bell,
}

/// A wait for news.
pub(super) type Listening = Hearing;

impl News {
    /// Takes over the signal, once.
    pub(super) fn of(kind: SignalKind) -> io::Result<&'static News> {
        static ALL: Mutex<BTreeMap<SignalKind, &'static News>> = Mutex::new(BTreeMap::new());
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(news) = all.get(&kind) {
            return Ok(news);
        }
        let news: &News = Box::leak(Box::new(News::take_over(kind)?));
        all.insert(kind, news);
        Ok(news)
    }

    fn take_over(kind: SignalKind) -> io::Result<News> {
        kind.must_be_handled()?;
        let (bell, ringer) = Bell::new()?;
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let tell = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            ringer.ring();
        };
        // SAFETY: The handler adds to an atomic and rings a bell, which is made for handlers.
        unsafe { signal_hook_registry::register(kind.as_raw(), tell) }?;
        Ok(News {
            count,
            told: AtomicUsize::new(0),
            bell,
        })
    }

    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// The count up to which earlier waits have reported. The first wait of all begins with the
    /// current count.
    pub(super) fn told(&self) -> usize {
        let now = self.count() + 1;
        let first = self
            .told
            .compare_exchange(0, now, Ordering::SeqCst, Ordering::SeqCst);
        first.map_or_else(|told| told, |_| now) - 1
    }

    /// A wait reports everything up to `count`.
    pub(super) fn tell(&self, count: usize) {
        self.told.fetch_max(count + 1, Ordering::SeqCst);
    }

    pub(super) fn listening(&'static self) -> Listening {
        self.bell.hearing()
    }
}

/// Waits until `take` takes something.
pub(super) fn poll_news<T>(
    listening: &mut Listening,
    cx: &mut Context<'_>,
    take: impl Fn() -> Option<T>,
) -> Poll<T> {
    taking(cx, |cx| poll_taking(listening, cx, &take), |_| true)
}

fn poll_taking<T>(
    listening: &mut Listening,
    cx: &mut Context<'_>,
    take: impl Fn() -> Option<T>,
) -> Poll<T> {
    if let Some(taken) = take() {
        return Poll::Ready(taken);
    }
    listening.leave_waker(cx);
    match take() {
        Some(taken) => Poll::Ready(taken),
        None => Poll::Pending,
    }
}
