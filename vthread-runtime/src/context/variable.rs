//! A context variable, declared by `context_var!`.

use crate::task::bindings::{Value, lookup};
use std::any::Any;
use std::fmt;
use std::ptr;
use std::sync::OnceLock;

/// A variable that code binds for the code that it calls and spawns: declared by `context_var!`,
/// bound by `bind!`.
///
/// It is like a parameter that need not be passed down: a block binds it, and every function called
/// below, plain or vthread, and every child spawned there reads that value. A child keeps the
/// bindings of the place where it was spawned. Without a binding the value is the default of the
/// declaration.
///
/// ```ignore
/// context_var! {
///     /// The request that is being served.
///     pub static REQUEST_ID: u64 = 0;
/// }
///
/// fn log(text: &str) {
///     println!("[{}] {text}", REQUEST_ID.get());
/// }
///
/// #[vthread]
/// fn serve(id: u64) {
///     bind!(REQUEST_ID = id => { log("begun") })
/// }
/// ```
///
/// # Cancellation
/// Reading is plain code: it never suspends and is no checkpoint.
pub struct ContextVar<T> {
    default: OnceLock<T>,
    make_default: fn() -> T,
}

impl<T> ContextVar<T> {
    /// Called by `context_var!`.
    #[doc(hidden)]
    pub const fn __new(make_default: fn() -> T) -> Self {
        ContextVar {
            default: OnceLock::new(),
            make_default,
        }
    }
}

impl<T: Send + Sync + 'static> ContextVar<T> {
    /// Returns a copy of the value that is bound here, or of the default.
    ///
    /// # Panics
    /// If `clone` does, or the default, which is made when it is first asked for.
    #[inline]
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// Calls `look` with the value that is bound here, or with the default.
    ///
    /// For values that are expensive to clone, or cannot be.
    ///
    /// # Panics
    /// If `look` does, or the default, which is made when it is first asked for.
    #[inline]
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        lookup(self.key(), |bound| match bound {
            Some(value) => look(as_type(value)),
            None => look(self.default.get_or_init(self.make_default)),
        })
    }

    /// The identity of the variable: two that exist at a time have different addresses.
    pub(super) fn key(&self) -> usize {
        ptr::from_ref(self).addr()
    }
}

fn as_type<T: 'static>(value: &Value) -> &T {
    let value: &(dyn Any + Send + Sync) = &**value;
    value
        .downcast_ref()
        .expect("a variable is bound to values of its type")
}

impl<T> fmt::Debug for ContextVar<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContextVar")
    }
}
