//! Refuses a child that changes its own copy of a variable which is used again outside.

/// A variable of the group's body that a child changes. Made in dead code only.
pub struct Changed<'a, T>(pub &'a T);

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

/// Found first: the type is `Copy`.
pub trait ChangesCopy {
    /// What is changed.
    type Variable;
    /// Refused by its bound.
    fn __vthread_changed(&self)
    where
        Self::Variable: SharedWithTheBody;
}

impl<T: Copy> ChangesCopy for Changed<'_, T> {
    type Variable = T;
    fn __vthread_changed(&self)
    where
        T: SharedWithTheBody,
    {
    }
}

/// Found by one more autoref: the variable moves, and rustc refuses to use it again.
pub trait ChangesItsOwn {
    /// Nothing to say.
    fn __vthread_changed(&self) {}
}

impl<T> ChangesItsOwn for &Changed<'_, T> {}
