//! A blocking call: polls a frame on the calling thread until it is done.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

struct Unparker(Thread);
impl Wake for Unparker {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Blocks the calling thread until `frame` is done.
pub(crate) fn block_on<F: Future>(frame: F) -> F::Output {
    crate::runtime::start();
    let mut frame = pin!(frame);
    let waker = Waker::from(Arc::new(Unparker(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(value) = frame.as_mut().poll(&mut cx) {
            return value;
        }
        thread::park();
    }
}
