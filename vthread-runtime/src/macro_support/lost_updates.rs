//! Refuses a child that changes its own copy of a variable which is used again outside.

use crate::base::type_question::{Asked, answers, ask};
use std::marker::PhantomData;

/// Which variable of the group's body does a child change?
pub struct Changed<T>(PhantomData<fn() -> T>);

/// Asks about this variable. In dead code only.
pub fn changed<T>(_: &T) -> Asked<Changed<T>, 0> {
    ask()
}

/// Implemented by nothing: it carries the message.
#[diagnostic::on_unimplemented(
    message = "the child changes a copy of its own, and the code around it never sees the change",
    label = "`{Self}` is `Copy`: this is the child's own copy of the variable",
    note = "what is bound inside the group's body moves into a child",
    note = "to share it, bind it before the `group!`, as an atomic or a `vthread::sync::Mutex`",
    note = "to hand it back, end the child with the value and `join()` its task",
    note = "to change a copy on purpose, say so in the child: `let mut n = n;`"
)]
pub trait SharedWithTheBody {}

answers! {
    /// The child has a copy of its own.
    0 [T: Copy] Changed<T> => ChangesCopy<T>;
    /// The variable moves, and rustc refuses to use it again.
    1 [T] Changed<T> => ChangesItsOwn;
}

/// The type is `Copy`.
pub struct ChangesCopy<T>(PhantomData<fn() -> T>);

impl<T> Copy for ChangesCopy<T> {}
impl<T> Clone for ChangesCopy<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> ChangesCopy<T> {
    /// Refused by its bound.
    pub fn check(self)
    where
        T: SharedWithTheBody,
    {
    }
}

/// The type is not `Copy`.
#[derive(Clone, Copy)]
pub struct ChangesItsOwn;

impl ChangesItsOwn {
    /// No error.
    pub fn check(self) {}
}
