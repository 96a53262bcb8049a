//! The end of a group's body: its value, or one of the exits that the user wrote.

/// The end of a group's body.
pub enum Ctl<T, X> {
    /// Its value.
    Val(T),
    /// A `return`, `break` or `continue` that leaves it: which one, with its value.
    Out(X),
}

/// A variable on its way into a child. It is never `Copy`, so that a child that uses it captures it
/// by value.
pub struct Move<T>(pub T);

impl<T> Move<T> {
    /// The variable's value.
    #[inline(always)]
    pub fn take(self) -> T {
        self.0
    }
}
