//! `defer!`: the rest of a block, run to its end in any case, so that the cleanup can follow.
//!
//! The rest of the block ends as a value of its own: finished, panicked or cancelled. Then the
//! cleanup runs in place, shielded. Then `finish` lets the end take effect: it returns the value,
//! resumes the panic, or stays pending until the scope around drops the frame.

#![allow(unsafe_code)] // Pin projection.

use super::body::{ScopedBody, with_own};
use crate::base::unwind::Payload;
use crate::cancel::scope::{Kind, Scope};
use std::fmt;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll};

/// How the rest of the block ended.
pub enum BlockEnd<T> {
    /// With its value, or by an exit of the block.
    Finished(T),
    /// With a panic.
    Panicked(Unfinished),
    /// It was dropped under a mark.
    Cancelled,
}

/// A panic that resumes after the cleanup. If the cleanup does not come to its end, it resumes
/// where the frame is dropped: it is never lost.
#[derive(Debug)]
pub struct Unfinished(Option<Payload>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(payload) = self.0.take()
            && !std::thread::panicking()
        {
            resume_unwind(payload);
        }
    }
}

/// The future of the rest of a block.
pub struct Defer<B>(ScopedBody<Scope, B>);

/// The rest of a block after a `defer!`.
///
/// # Safety
/// - `body` was made by `defer!`; the future is awaited by a vthread, in place, and its output goes
///   to `finish`.
pub unsafe fn defer<B: Future>(body: B) -> Defer<B> {
    Defer(ScopedBody::new(Scope::new(Kind::Defer), body))
}

impl<B: Future> Future for Defer<B> {
    type Output = BlockEnd<B::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: structural pinning.
        let enclosure = unsafe { self.map_unchecked_mut(|this| &mut this.0) };
        with_own(cx, |running, cx| {
            enclosure.poll_to_end(running, cx).map(|ended| match ended {
                Ok(Some(value)) => BlockEnd::Finished(value),
                Ok(None) => BlockEnd::Cancelled,
                Err(payload) => BlockEnd::Panicked(Unfinished(Some(payload))),
            })
        })
    }
}

/// The future of `finish`.
pub struct Finish<T>(Option<BlockEnd<T>>);

impl<T> Unpin for Finish<T> {}

/// Lets the end of the rest of a block take effect, after the cleanup.
pub fn finish<T>(end: BlockEnd<T>) -> Finish<T> {
    Finish(Some(end))
}

impl<T> Future for Finish<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        match self.0.take() {
            Some(BlockEnd::Finished(value)) => Poll::Ready(value),
            Some(BlockEnd::Panicked(mut panic)) => {
                resume_unwind(panic.0.take().expect("there until it goes on"))
            }
            Some(BlockEnd::Cancelled) | None => Poll::Pending,
        }
    }
}

impl<B> fmt::Debug for Defer<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Defer")
    }
}

impl<T> fmt::Debug for Finish<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Finish")
    }
}

impl<T> fmt::Debug for BlockEnd<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BlockEnd::Finished(_) => "Finished",
            BlockEnd::Panicked(_) => "Panicked",
            BlockEnd::Cancelled => "Cancelled",
        })
    }
}
