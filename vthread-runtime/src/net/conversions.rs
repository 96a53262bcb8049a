//! From std's sockets and descriptors and back.

/// Makes the conversions of a socket with a `source`, and what goes with a descriptor:
/// `conversions!(TcpStream, std::net::TcpStream)`. The type has a `from_socket`, which takes a
/// socket from anywhere, and an `into_socket`. A type whose `source` holds std's socket names
/// its other field, and has both made: `conversions!(UdpSocket, std::net::UdpSocket, limits)`.
macro_rules! conversions {
    ($ty:ident, $std:ty, $field:ident) => {
        impl $ty {
            fn from_socket(socket: $std) -> ::std::io::Result<Self> {
                Ok($ty {
                    source: $crate::driver::Source::new(
                        socket.into(),
                        $crate::driver::Interest::BOTH,
                    )?,
                    $field: Default::default(),
                })
            }

            /// A socket that was made here: it does not block.
            pub(in crate::net) fn of_ours(socket: $std) -> ::std::io::Result<Self> {
                socket.set_nonblocking(true)?;
                $ty::from_socket(socket)
            }

            fn into_socket(self) -> $std {
                self.source.into_inner().0.into()
            }
        }

        $crate::net::conversions::conversions!($ty, $std);
    };
    ($ty:ident, $std:ty) => {
        impl $ty {
            /// Returns another handle of the same socket.
            ///
            /// # Errors
            /// The system has no more descriptors.
            pub fn try_clone(&self) -> ::std::io::Result<Self> {
                let other = ::socket2::SockRef::from(self).try_clone()?;
                $ty::try_from(<$std>::from(other))
            }

            /// The same as std's, which blocks. Other handles of it block as well from then on. A
            /// listener must not be used by vthreads any more then, unless it came from elsewhere
            /// and did block before.
            ///
            /// # Errors
            /// The system's error.
            pub fn into_std(self) -> ::std::io::Result<$std> {
                let socket = self.into_socket();
                socket.set_nonblocking(false)?;
                Ok(socket)
            }
        }

        impl TryFrom<$std> for $ty {
            type Error = ::std::io::Error;

            /// Registers a socket of std's. Whether it blocks stays as it is, for clones of std's,
            /// and for another process that shares it.
            fn try_from(socket: $std) -> ::std::io::Result<Self> {
                $ty::from_socket(socket)
            }
        }

        $crate::net::descriptors::descriptors!($ty, $std);

        // As std's: what a panic leaves behind is the system's.
        impl ::std::panic::UnwindSafe for $ty {}
        impl ::std::panic::RefUnwindSafe for $ty {}

        impl ::std::fmt::Debug for $ty {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.source.fmt(f)
            }
        }
    };
}
pub(in crate::net) use conversions;
