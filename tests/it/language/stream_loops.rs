//! `for` over streams of `futures-core`.

use futures_core::Stream;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use vthread::prelude::*;

/// Counts down, and is pending before each item.
struct Countdown {
    n: u32,
    is_late: bool,
}

impl Stream for Countdown {
    type Item = u32;
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        self.is_late = !self.is_late;
        if self.is_late {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let Some(n) = self.n.checked_sub(1) else {
            return Poll::Ready(None);
        };
        self.n = n;
        Poll::Ready(Some(n))
    }
}

fn countdown(n: u32) -> Countdown {
    Countdown { n, is_late: false }
}

/// One that has to stay where it is.
struct Pinned(u32, PhantomPinned);

impl Stream for Pinned {
    type Item = u32;
    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
        Poll::Ready(Some(self.0))
    }
}

#[vthread]
fn sum<S: Stream<Item = u32>>(stream: S) -> u32 {
    let mut sum = 0;
    for n in stream {
        if n > 1000 {
            break;
        }
        sum += n;
    }
    sum
}

#[test]
fn every_kind_of_stream() {
    assert_eq!(sum(countdown(5)), 10);
    assert_eq!(sum(Box::pin(countdown(5))), 10);
    let mut borrowed = countdown(5);
    assert_eq!(sum(&mut borrowed), 10);
    assert_eq!(borrowed.n, 0);
    assert_eq!(sum(Pinned(2000, PhantomPinned)), 0);
    let boxed: Pin<Box<dyn Stream<Item = u32>>> = Box::pin(countdown(3));
    assert_eq!(sum(boxed), 3);
}

/// The steps are polled with the waker of the vthread that loops: they suspend it.
#[vthread]
fn steps_suspend() -> u32 {
    struct OfOneVthread(Waker, u32);
    impl Stream for OfOneVthread {
        type Item = u32;
        fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
            assert!(cx.waker().will_wake(&self.0));
            self.1 += 1;
            Poll::Ready((self.1 < 4).then_some(self.1))
        }
    }
    let waker = std::future::poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
    let mut sum = 0;
    for n in OfOneVthread(waker, 0) {
        sum += n;
    }
    sum
}

#[test]
fn the_loop_suspends() {
    assert_eq!(steps_suspend(), 6);
}

/// A stream of values that are not `Send`, in a frame that is not spawned.
#[vthread]
fn not_send() -> u32 {
    struct Shared(Rc<u32>, u32);
    impl Stream for Shared {
        type Item = Rc<u32>;
        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Rc<u32>>> {
            self.1 += 1;
            Poll::Ready((self.1 < 4).then(|| self.0.clone()))
        }
    }
    let mut sum = 0;
    for n in Shared(Rc::new(5), 0) {
        sum += *n;
    }
    sum
}

#[test]
fn items_that_are_not_send() {
    assert_eq!(not_send(), 15);
}

/// What is not a stream's own stays: the next loop goes on where the cancelled one was.
#[vthread]
fn cancelled() -> u32 {
    struct Slow(u32);
    impl Stream for Slow {
        type Item = u32;
        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
            self.0 += 1;
            match self.0 {
                1..=3 => Poll::Ready(Some(self.0)),
                4 => Poll::Pending,
                _ => Poll::Ready(None),
            }
        }
    }
    let (mut stream, mut sum) = (Slow(0), 0);
    let result = timeout!(Duration::from_millis(20) => {
        for n in &mut stream {
            sum += n;
        }
    });
    assert!(result.is_err());
    for n in &mut stream {
        sum += n;
    }
    sum
}

#[vthread::test(virtual_time)] // The time limit is over when the stream is pending.
fn a_cancelled_step_drops_nothing_else() {
    assert_eq!(cancelled(), 6);
}

/// Always ready: it gives way all the same, and is cancelled.
#[vthread]
fn endless() -> bool {
    timeout!(Duration::from_millis(20) => {
        for n in Pinned(1, PhantomPinned) {
            assert_eq!(n, 1);
        }
    })
    .is_err()
}

#[test]
fn an_endless_stream_is_cancelled() {
    assert!(endless());
}

#[vthread]
fn by_a_closure() -> u32 {
    let total = || {
        let mut sum = 0;
        for n in countdown(4) {
            sum += n;
        }
        sum
    };
    total()
}

#[test]
fn in_a_closure_the_loop_blocks() {
    assert_eq!(by_a_closure(), 6);
}
