//! `shield!`: holds cancellation off until its end.

#![allow(unsafe_code)] // Pin projection.

use super::body::{Enclosed, ScopedBody, with_own};
use crate::cancel::scope::{Kind, Scope};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The future of a `shield!`.
pub struct Shield<B>(ScopedBody<Scope, B>);

/// A body that marks from outside do not reach.
///
/// # Safety
/// - `body` was made by `shield!`; the future is awaited by a vthread, in place.
pub unsafe fn shield<B: Future>(body: B) -> Shield<B> {
    Shield(ScopedBody::new(Scope::new(Kind::Shield), body))
}

impl<B: Future> Future for Shield<B> {
    type Output = B::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B::Output> {
        // SAFETY: structural pinning.
        let enclosure = unsafe { self.map_unchecked_mut(|this| &mut this.0) };
        with_own(cx, |running, cx| {
            enclosure
                .poll_enclosed(running, cx)
                .map(|enclosed| match enclosed {
                    Enclosed::Finished(value) => value,
                    Enclosed::Ended => unreachable!("a shield is never marked"),
                })
        })
    }
}

impl<B> fmt::Debug for Shield<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shield")
    }
}
