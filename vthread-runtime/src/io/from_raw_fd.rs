//! Descriptors that come as numbers: std's `FromRawFd`, which declares the conversion unsafe.

/// Makes the conversion from that of an `OwnedFd`, for a type that the reactor watches.
macro_rules! from_raw_fd {
    ($ty:ty) => {
        #[allow(unsafe_code)]
        impl ::std::os::fd::FromRawFd for $ty {
            /// As `try_from` of an `OwnedFd`.
            ///
            /// # Panics
            /// If the system cannot watch the descriptor, because it is of another kind, or memory
            /// is out.
            unsafe fn from_raw_fd(fd: ::std::os::fd::RawFd) -> Self {
                // SAFETY: the caller's promise: it is open, and passes into our hands.
                let descriptor = unsafe { ::std::os::fd::OwnedFd::from_raw_fd(fd) };
                let watched = <$ty>::try_from(descriptor);
                watched.expect("the system can watch the descriptor")
            }
        }
    };
}
pub(crate) use from_raw_fd;
