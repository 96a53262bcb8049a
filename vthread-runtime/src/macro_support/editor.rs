//! What rust-analyzer is shown in place of the two ways of making a call: a method, of which a call
//! has its own.
//! None of it ever runs.

use crate::task::call::Call;

/// Of an ordinary call: its result is the value.
pub trait Value: Sized {
    /// The value.
    #[doc(hidden)]
    fn __vthread_value(self) -> Self {
        unreachable!("is shown to editors only")
    }
}

#[doc(hidden)]
impl<T> Value for T {}

impl<R, F> Call<R, F> {
    /// The value that the call gives.
    #[doc(hidden)]
    pub fn __vthread_value(self) -> R {
        unreachable!("is shown to editors only")
    }
}
