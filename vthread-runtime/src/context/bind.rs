//! `bind!`: a body with bindings of its own.
//!
//! It is no scope: cancellation passes through it in both directions. It only makes its bindings
//! current whenever code of the body runs through it: a poll, or a destructor. Recursive calls in
//! the body do not run through it; they remember the bindings that were current at the call
//! (`task/recursion.rs`).

#![allow(unsafe_code)] // Pin projection.

use super::variable::ContextVar;
use crate::task::bindings::Bindings;
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A type of context variables.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a context variable",
    label = "not declared by `context_var!`",
    note = "a context variable is declared with a default: `context_var! {{ static NAME: Type = default; }}`"
)]
pub trait IsContextVar {
    /// The type of its value.
    type Value;
    /// The variable itself.
    #[doc(hidden)]
    fn variable(&'static self) -> &'static ContextVar<Self::Value>;
}

#[diagnostic::do_not_recommend]
impl<T: 'static> IsContextVar for ContextVar<T> {
    type Value = T;
    fn variable(&'static self) -> &'static ContextVar<T> {
        self
    }
}

/// The variable on the left of a binding.
pub fn context_variable<V: IsContextVar>(variable: &'static V) -> &'static ContextVar<V::Value> {
    variable.variable()
}

/// The current bindings, before a `bind!` adds to them.
pub fn bound_here() -> NewBindings {
    NewBindings(Bindings::current())
}

/// The bindings of a `bind!` that is being entered.
#[derive(Debug)]
pub struct NewBindings(Bindings);

/// Adds to `bindings` one of `variable` to `value`.
pub fn bound<T: Send + Sync + 'static>(
    bindings: NewBindings,
    variable: &'static ContextVar<T>,
    value: T,
) -> NewBindings {
    NewBindings(bindings.0.and(variable.key(), Arc::new(value)))
}

/// The future of a `bind!`.
pub struct Bind<B> {
    /// Dropped in place, by `drop`.
    body: ManuallyDrop<B>,
    bindings: Bindings,
    _never_unpin: PhantomPinned,
}

/// A body and its bindings.
///
/// # Safety
/// - `body` was made by `bind!`; the future is awaited by a vthread, in place.
pub unsafe fn bind<B: Future>(bindings: NewBindings, body: B) -> Bind<B> {
    Bind {
        body: ManuallyDrop::new(body),
        bindings: bindings.0,
        _never_unpin: PhantomPinned,
    }
}

impl<B: Future> Future for Bind<B> {
    type Output = B::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B::Output> {
        // SAFETY: the body is not moved out of; `drop` drops it in place.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: pinned with this future.
        let body = unsafe { Pin::new_unchecked(&mut *this.body) };
        this.bindings.within(|| body.poll(cx))
    }
}

impl<B> Drop for Bind<B> {
    fn drop(&mut self) {
        let body = &mut self.body;
        // SAFETY: dropped once, here.
        self.bindings.within(|| unsafe { ManuallyDrop::drop(body) });
    }
}

impl<B> fmt::Debug for Bind<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bind")
            .field("bindings", &self.bindings)
            .finish_non_exhaustive()
    }
}
