//! The datagrams that have been sent to a socket.

use super::waiters::Waiters;
use crate::base::clock;
use crate::base::wake::WakeList;
use crate::driver::time_limit::Limit;
use crate::task::taking::checked_taking;
use crate::task::wait_reason::{WaitReason, waits};
use parking_lot::Mutex;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

/// How many bytes a socket keeps for its receivers.
pub(super) const CAPACITY: usize = 208 * 1024;
/// A datagram takes at least that many of them, so that empty ones are bounded as well.
const LEAST: usize = 256;

/// What has been sent to a socket. `A` is the address of a sender.
#[derive(Debug)]
pub(super) struct Inbox<A> {
    sent: Mutex<Sent<A>>,
    /// None overtakes another.
    is_ordered: bool,
}

#[derive(Debug)]
struct Sent<A> {
    /// In the order in which they were sent.
    datagrams: Vec<Datagram<A>>,
    n_bytes: usize,
    /// The only one whose datagrams are taken, if there is one.
    peer: Option<A>,
    /// Nothing is received any more.
    is_closed: bool,
    receivers: Waiters,
    senders: Waiters,
}

/// A datagram on its way.
#[derive(Debug, Clone)]
pub(super) struct Datagram<A> {
    pub(super) bytes: Vec<u8>,
    pub(super) from: A,
    pub(super) arrives: Instant,
}

impl<A> Datagram<A> {
    fn size(&self) -> usize {
        self.bytes.len().max(LEAST)
    }
}

/// Why a datagram is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The socket has a peer, and the sender is another one.
    Foreign,
    /// There is no room.
    Full,
    Closed,
}

/// What a receiver finds.
enum Found<A> {
    Datagram(Datagram<A>),
    /// The next one arrives then, if one has been sent.
    Later(Option<Instant>),
    End,
}

impl<A: Clone + PartialEq> Inbox<A> {
    pub(super) fn new(is_ordered: bool) -> Self {
        Inbox {
            sent: Mutex::new(Sent {
                datagrams: Vec::new(),
                n_bytes: 0,
                peer: None,
                is_closed: false,
                receivers: Waiters::default(),
                senders: Waiters::default(),
            }),
            is_ordered,
        }
    }

    /// # Errors
    /// It is not taken.
    pub(super) fn put(&self, datagram: Datagram<A>) -> Result<(), Refusal> {
        let mut datagram = Some(datagram);
        self.change(|sent, woken| sent.put(self.is_ordered, &mut datagram, woken))
    }

    /// As `put`, and waits until there is room.
    ///
    /// # Errors
    /// It is not taken.
    pub(super) async fn put_when_there_is_room(
        &self,
        datagram: Datagram<A>,
    ) -> Result<(), Refusal> {
        let mut wait = Wait::new(self, |sent| &mut sent.senders);
        let mut datagram = Some(datagram);
        let mut poll = |cx: &mut Context<'_>| {
            let mut waker = Some(cx.waker().clone());
            let polled = self.change(|sent, woken| {
                let put = sent.put(self.is_ordered, &mut datagram, woken);
                if put != Err(Refusal::Full) {
                    return Poll::Ready(put);
                }
                waker = wait.enter(sent, waker.take());
                Poll::Pending
            });
            drop(waker);
            if polled.is_pending() {
                waits(WaitReason::InputOrOutput, cx);
            }
            polled
        };
        poll_fn(|cx| checked_taking(cx, &mut poll, Result::is_ok)).await
    }

    /// Waits for the datagram that arrives first. None: nothing is received any more.
    pub(super) async fn receive(&self, takes: bool) -> Option<Datagram<A>> {
        let mut wait = Wait::new(self, |sent| &mut sent.receivers);
        // Until the datagram that will arrive first does.
        let mut limit = None;
        poll_fn(|cx| {
            checked_taking(
                cx,
                |cx| self.poll_receive(takes, &mut wait, &mut limit, cx),
                |received| takes && received.is_some(),
            )
        })
        .await
    }

    fn poll_receive(
        &self,
        takes: bool,
        wait: &mut Wait<'_, A>,
        limit: &mut Option<(Instant, Pin<Box<Limit>>)>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Datagram<A>>> {
        loop {
            let mut waker = Some(cx.waker().clone());
            let found = self.change(|sent, woken| {
                let found = sent.find(takes, woken);
                if matches!(found, Found::Later(_)) {
                    waker = wait.enter(sent, waker.take());
                }
                found
            });
            drop(waker);
            let next = match found {
                Found::Datagram(datagram) => return Poll::Ready(Some(datagram)),
                Found::End => return Poll::Ready(None),
                Found::Later(next) => next,
            };
            waits(WaitReason::InputOrOutput, cx);
            let Some(arrives) = next else {
                *limit = None;
                return Poll::Pending;
            };
            if limit.as_ref().is_none_or(|(at, _)| *at != arrives) {
                *limit = Some((arrives, Box::pin(Limit::at(arrives))));
            }
            if let Some((_, limit)) = limit {
                ready!(limit.as_ref().poll_over(cx));
            }
            *limit = None;
        }
    }

    /// From now on only what `peer` sends is taken. `forgets`: of what is there, too.
    pub(super) fn connect(&self, peer: A, forgets: bool) {
        let mut forgotten = Vec::new();
        self.change(|sent, woken| {
            if forgets {
                let is_foreign = |datagram: &mut Datagram<A>| datagram.from != peer;
                forgotten.extend(sent.datagrams.extract_if(.., is_foreign));
                sent.n_bytes = sent.datagrams.iter().map(Datagram::size).sum();
            }
            sent.peer = Some(peer);
            sent.senders.wake_all(woken);
        });
    }

    pub(super) fn peer(&self) -> Option<A> {
        self.sent.lock().peer.clone()
    }
}

impl<A> Inbox<A> {
    /// Nothing is received any more but what was sent, unless it `forgets` that.
    pub(super) fn close(&self, forgets: bool) {
        let forgotten = self.change(|sent, woken| {
            sent.is_closed = true;
            sent.receivers.wake_all(woken);
            sent.senders.wake_all(woken);
            forgets.then(|| std::mem::take(&mut sent.datagrams))
        });
        drop(forgotten);
    }

    /// Changes the state, and wakes the waiters when the lock has been released.
    fn change<T>(&self, change: impl FnOnce(&mut Sent<A>, &mut WakeList) -> T) -> T {
        let mut woken = WakeList::default();
        let value = change(&mut self.sent.lock(), &mut woken);
        woken.wake_all();
        value
    }
}

impl<A: Clone + PartialEq> Sent<A> {
    /// Takes the datagram, unless it returns an error.
    fn put(
        &mut self,
        is_ordered: bool,
        place: &mut Option<Datagram<A>>,
        woken: &mut WakeList,
    ) -> Result<(), Refusal> {
        let datagram = place.as_ref().expect("it is put once");
        if self.is_closed {
            return Err(Refusal::Closed);
        }
        if self
            .peer
            .as_ref()
            .is_some_and(|peer| *peer != datagram.from)
        {
            return Err(Refusal::Foreign);
        }
        if self.n_bytes + datagram.size() > CAPACITY {
            return Err(Refusal::Full);
        }
        let last = self.datagrams.last().map(|last| last.arrives);
        let mut datagram = place.take().expect("as above");
        if let Some(last) = last.filter(|_| is_ordered) {
            datagram.arrives = datagram.arrives.max(last);
        }
        self.n_bytes += datagram.size();
        self.datagrams.push(datagram);
        self.receivers.wake_all(woken);
        Ok(())
    }

    /// The datagram that has arrived first.
    fn find(&mut self, takes: bool, woken: &mut WakeList) -> Found<A> {
        let all = self.datagrams.iter().enumerate();
        match all.min_by_key(|(_, datagram)| datagram.arrives) {
            None if self.is_closed => Found::End,
            None => Found::Later(None),
            Some((_, first)) if first.arrives > clock::now() => Found::Later(Some(first.arrives)),
            Some((_, first)) if !takes => Found::Datagram(first.clone()),
            Some((at, _)) => {
                let datagram = self.datagrams.remove(at);
                self.n_bytes -= datagram.size();
                self.senders.wake_all(woken);
                Found::Datagram(datagram)
            }
        }
    }
}

/// A wait at a socket: its waker goes with it.
struct Wait<'i, A> {
    inbox: &'i Inbox<A>,
    side: fn(&mut Sent<A>) -> &mut Waiters,
    number: Option<u64>,
}

impl<'i, A> Wait<'i, A> {
    fn new(inbox: &'i Inbox<A>, side: fn(&mut Sent<A>) -> &mut Waiters) -> Self {
        Wait {
            inbox,
            side,
            number: None,
        }
    }

    /// What it returns is to be dropped outside the lock.
    fn enter(&mut self, sent: &mut Sent<A>, waker: Option<Waker>) -> Option<Waker> {
        (self.side)(sent).enter(&mut self.number, waker?)
    }
}

impl<A> Drop for Wait<'_, A> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let own = (self.side)(&mut self.inbox.sent.lock()).leave(number);
            drop(own);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::future::Future;
    use std::pin::pin;

    #[test]
    fn a_wait_that_is_dropped_leaves_no_waker() {
        let inbox = Inbox::<u32>::new(false);
        let mut cx = Context::from_waker(Waker::noop());
        let waits = |inbox: &Inbox<u32>| {
            let sent = inbox.sent.lock();
            (sent.receivers.len(), sent.senders.len())
        };
        {
            let mut receive = pin!(inbox.receive(true));
            assert!(receive.as_mut().poll(&mut cx).is_pending());
            assert!(receive.as_mut().poll(&mut cx).is_pending());
            assert_eq!(waits(&inbox), (1, 0));
        }
        let datagram = || Datagram {
            bytes: Vec::new(),
            from: 7,
            arrives: clock::now(),
        };
        while inbox.put(datagram()).is_ok() {}
        {
            let mut put = pin!(inbox.put_when_there_is_room(datagram()));
            assert!(put.as_mut().poll(&mut cx).is_pending());
            assert_eq!(waits(&inbox), (0, 1));
        }
        assert_eq!(waits(&inbox), (0, 0));
    }
}
