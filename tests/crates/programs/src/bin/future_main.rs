//! A call that waits for a part of the future that it blocks.

#![allow(deprecated)] // The macro warns of the call.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use vthread::prelude::*;
use vthread::sync::{Receiver, channel};

#[vthread]
fn take(rx: &Receiver<u32>) -> u32 {
    rx.recv().unwrap_or_default()
}

#[vthread]
fn main() {
    let (tx, rx) = channel(1);
    let mut taken = pin!(async { take(&rx) });
    let both = poll_fn(|cx| {
        if let Poll::Ready(n) = taken.as_mut().poll(cx) {
            return Poll::Ready(n);
        }
        tx.try_send(7).unwrap();
        Poll::Pending
    });
    println!("{}", both.await);
}
