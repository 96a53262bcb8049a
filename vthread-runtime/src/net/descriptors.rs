//! A socket as the descriptor that it is on Unix.

/// Makes the conversions from and to descriptors of a socket with a `source`, a `TryFrom` of std's
/// socket and an `into_socket`: `descriptors!(TcpStream, std::net::TcpStream)`.
macro_rules! descriptors {
    ($ty:ident, $std:ty) => {
        impl TryFrom<::std::os::fd::OwnedFd> for $ty {
            type Error = ::std::io::Error;

            /// Registers the socket. Whether it blocks stays as it is, also for another process
            /// that shares it.
            fn try_from(descriptor: ::std::os::fd::OwnedFd) -> ::std::io::Result<Self> {
                $ty::try_from(<$std>::from(descriptor))
            }
        }

        impl From<$ty> for ::std::os::fd::OwnedFd {
            /// The descriptor, watched no longer. One that was made here is non-blocking.
            fn from(socket: $ty) -> Self {
                socket.into_socket().into()
            }
        }

        impl ::std::os::fd::IntoRawFd for $ty {
            fn into_raw_fd(self) -> ::std::os::fd::RawFd {
                ::std::os::fd::OwnedFd::from(self).into_raw_fd()
            }
        }

        $crate::io::from_raw_fd::from_raw_fd!($ty);

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
    };
}
pub(in crate::net) use descriptors;

/// Makes what goes with the descriptor of a socket that is a field:
/// `descriptor_of_field!(TcpSocket, socket)`.
macro_rules! descriptor_of_field {
    ($ty:ident, $field:ident) => {
        impl ::std::os::fd::AsFd for $ty {
            fn as_fd(&self) -> ::std::os::fd::BorrowedFd<'_> {
                self.$field.as_fd()
            }
        }

        impl ::std::os::fd::AsRawFd for $ty {
            fn as_raw_fd(&self) -> ::std::os::fd::RawFd {
                self.$field.as_raw_fd()
            }
        }

        impl From<$ty> for ::std::os::fd::OwnedFd {
            fn from(socket: $ty) -> Self {
                socket.$field.into()
            }
        }
    };
}
pub(in crate::net) use descriptor_of_field;
