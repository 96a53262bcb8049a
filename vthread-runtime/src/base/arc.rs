//! References to values in an `Arc` that are known by their addresses.

#![allow(unsafe_code)] // The contract of `Arc::from_raw`.

use std::sync::Arc;

/// Another reference to a value that lives in an `Arc`.
///
/// # Safety
/// - `value` came from `Arc::as_ptr` or `Arc::into_raw`, and a reference is held while this runs.
pub(crate) unsafe fn retain<T>(value: *const T) -> Arc<T> {
    // SAFETY: by the contract; the reference that is added is the one that is returned.
    unsafe {
        Arc::increment_strong_count(value);
        Arc::from_raw(value)
    }
}
