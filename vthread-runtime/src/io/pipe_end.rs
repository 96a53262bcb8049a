//! What the ends of pipes have in common: those of a pipe of this process, and those that lead to a
//! child process.

/// Makes the traits of an end of a pipe with a `source`, its conversions, and what goes with a
/// descriptor: `pipe_end!(PipeReader, mio::unix::pipe::Receiver, std::io::PipeReader: Read)`.
macro_rules! pipe_end {
    ($ty:ident, $end:ty, $std:ty: $of:ident) => {
        impl $ty {
            $crate::io::watched::watched_polls!($of |end| &*end);
            $crate::io::watched::unlimited!();
            $crate::io::pipe_end::pipe_end!(@close $of);

            fn from_end(end: $end) -> ::std::io::Result<Self> {
                Ok($ty {
                    source: $crate::driver::Source::new(end, $crate::driver::Interest::BOTH)?,
                })
            }
        }

        $crate::io::inherent::inherent_io!($ty: $of);
        $crate::io::watched::watched_traits!($of $ty);

        impl TryFrom<::std::os::fd::OwnedFd> for $ty {
            type Error = ::std::io::Error;

            /// Makes the pipe non-blocking, and registers it.
            fn try_from(descriptor: ::std::os::fd::OwnedFd) -> ::std::io::Result<Self> {
                let end = <$end>::from(descriptor);
                end.set_nonblocking(true)?;
                $ty::from_end(end)
            }
        }

        impl TryFrom<$std> for $ty {
            type Error = ::std::io::Error;

            /// Makes the pipe non-blocking, and registers it.
            fn try_from(end: $std) -> ::std::io::Result<Self> {
                $ty::try_from(::std::os::fd::OwnedFd::from(end))
            }
        }

        impl ::std::os::fd::IntoRawFd for $ty {
            /// The descriptor, watched no longer. It stays non-blocking.
            fn into_raw_fd(self) -> ::std::os::fd::RawFd {
                ::std::os::fd::IntoRawFd::into_raw_fd(self.source.into_inner())
            }
        }

        impl ::std::os::fd::AsFd for $ty {
            fn as_fd(&self) -> ::std::os::fd::BorrowedFd<'_> {
                self.source.as_fd()
            }
        }

        impl ::std::os::fd::AsRawFd for $ty {
            fn as_raw_fd(&self) -> ::std::os::fd::RawFd {
                self.source.as_raw_fd()
            }
        }

        // As std's: what a panic leaves behind is the system's.
        impl ::std::panic::UnwindSafe for $ty {}
        impl ::std::panic::RefUnwindSafe for $ty {}
    };
    (@close Read) => {};
    (@close Write) => {
        /// The other side reads the end when this one is dropped.
        fn close_shared(&self) -> ::std::io::Result<()> {
            Ok(())
        }
    };
}
pub(crate) use pipe_end;
