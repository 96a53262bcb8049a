//! The frame of a function with `#[instrument]`: polled, and dropped, in a span.
//!
//! The span is a value of the user's crate `tracing`, or of one that bears its name. So generated
//! code gives that crate no frame, which it could poll or forget, but a closure without a lifetime
//! of its own, that polls.

#![allow(unsafe_code)] // Pin projection.

use crate::base::unwind::{catch, drop_quietly};
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A frame that is polled and dropped by `enter`, which calls what it is given in the span.
pub fn in_span<F: Future, E: Fn(&mut dyn FnMut())>(frame: F, enter: E) -> InSpan<F, E> {
    InSpan {
        frame: Some(frame),
        enter,
        _never_unpin: PhantomPinned,
    }
}

/// The future of `in_span`.
pub struct InSpan<F, E: Fn(&mut dyn FnMut())> {
    /// Pinned with this, and dropped where it is.
    frame: Option<F>,
    enter: E,
    _never_unpin: PhantomPinned,
}

impl<F: Future, E: Fn(&mut dyn FnMut())> Future for InSpan<F, E> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: structural pinning of the frame, which is not moved out of.
        let this = unsafe { self.get_unchecked_mut() };
        let frame = this.frame.as_mut().expect("there until this is dropped");
        // SAFETY: as above.
        let frame = unsafe { Pin::new_unchecked(frame) };
        once(&this.enter, || frame.poll(cx))
    }
}

impl<F, E: Fn(&mut dyn FnMut())> Drop for InSpan<F, E> {
    fn drop(&mut self) {
        let frame = &mut self.frame;
        // In place: the frame was pinned.
        once(&self.enter, || *frame = None);
    }
}

/// Calls `code` by `enter`, once, whatever that does: its panics are contained, as those of all
/// subscribers, and those of `code` are not.
fn once<R>(enter: &impl Fn(&mut dyn FnMut()), code: impl FnOnce() -> R) -> R {
    let mut code = Some(code);
    let mut result = None;
    let mut run = || {
        if let Some(code) = code.take() {
            result = Some(catch(code));
        }
    };
    if let Err(payload) = catch(|| enter(&mut run)) {
        drop_quietly(payload);
    }
    run();
    match result.expect("it has run") {
        Ok(value) => value,
        Err(payload) => resume_unwind(payload),
    }
}

impl<F, E: Fn(&mut dyn FnMut())> fmt::Debug for InSpan<F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InSpan")
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::pin::pin;
    use std::task::Waker;

    /// Tells when it is dropped, and whether in the span.
    struct Tells<'a>(&'a Cell<u32>, &'a Cell<u32>);
    impl Drop for Tells<'_> {
        fn drop(&mut self) {
            self.1.set(self.0.get());
        }
    }

    type Enter<'a> = &'a dyn Fn(&mut dyn FnMut());

    #[test]
    fn a_frame_is_polled_once_and_dropped_whatever_the_span_does() {
        let is_inside = Cell::new(0);
        let enters: [Enter<'_>; 4] = [
            &|run| {
                is_inside.set(1);
                run();
                is_inside.set(0);
            },
            &|_| {},
            &|run| [(); 3].iter().for_each(|()| run()),
            &|run| {
                run();
                resume_unwind(Box::new("from a subscriber"));
            },
        ];
        for (n, enter) in enters.into_iter().enumerate() {
            let (polled, dropped) = (Cell::new(0), Cell::new(7));
            {
                let tells = Tells(&is_inside, &dropped);
                let frame = async {
                    let _tells = tells;
                    std::future::poll_fn(|_| {
                        polled.set(polled.get() + 1);
                        Poll::<()>::Pending
                    })
                    .await;
                };
                let mut inside = pin!(in_span(frame, enter));
                let mut cx = Context::from_waker(Waker::noop());
                assert!(inside.as_mut().poll(&mut cx).is_pending());
                assert!(inside.as_mut().poll(&mut cx).is_pending());
                assert_eq!(polled.get(), 2, "{n}");
                assert_eq!(dropped.get(), 7, "{n}");
            }
            assert_eq!(dropped.get(), u32::from(n == 0), "{n}");
        }
    }

    #[test]
    fn a_panic_of_the_frame_goes_on() {
        let frame = async { resume_unwind(Box::new(7_i32)) };
        let mut inside = Box::pin(in_span::<_, _>(frame, |run: &mut dyn FnMut()| run()));
        let mut cx = Context::from_waker(Waker::noop());
        let polled = catch(|| {
            let _: Poll<()> = inside.as_mut().poll(&mut cx);
        });
        assert_eq!(*polled.unwrap_err().downcast::<i32>().unwrap(), 7);
    }
}
