//! Values for code that is type-checked and never runs.

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
