//! Values for code that is type-checked and never runs.

use std::marker::PhantomData;

/// A value of any type.
pub fn any<T>() -> T {
    unreachable!("stands in dead code only")
}

/// No value, of type `!`.
pub fn never() -> ! {
    unreachable!("stands in dead code only")
}

/// Ends a match on a value that cannot exist.
pub fn absurd(value: std::convert::Infallible) -> ! {
    match value {}
}

/// The return type of a function pointer: a way to write `!` in the place of a type.
pub trait Returns {
    /// The type.
    type Output;
}

impl<T> Returns for fn() -> T {
    type Output = T;
}

/// The type `!`.
pub type Never = <fn() -> ! as Returns>::Output;

/// An error type that the code around will determine.
#[inline(always)]
pub fn error_unknown<E>() -> PhantomData<fn() -> E> {
    PhantomData
}

/// A value of an error type.
pub fn error_value<E>(_: &PhantomData<fn() -> E>) -> E {
    unreachable!("stands in dead code only")
}
