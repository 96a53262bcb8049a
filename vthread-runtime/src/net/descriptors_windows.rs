//! A socket as the handle that it is on Windows.

/// Makes the conversions from and to handles of a socket with a `source`, a `TryFrom` of std's
/// socket and an `into_socket`: `descriptors!(TcpStream, std::net::TcpStream)`.
macro_rules! descriptors {
    ($ty:ident, $std:ty) => {
        impl TryFrom<::std::os::windows::io::OwnedSocket> for $ty {
            type Error = ::std::io::Error;

            /// Registers the socket. It does not block from then on, nor do other handles of it.
            fn try_from(socket: ::std::os::windows::io::OwnedSocket) -> ::std::io::Result<Self> {
                $ty::try_from(<$std>::from(socket))
            }
        }

        impl From<$ty> for ::std::os::windows::io::OwnedSocket {
            /// The handle, watched no longer. It is non-blocking.
            fn from(socket: $ty) -> Self {
                socket.into_socket().into()
            }
        }

        impl ::std::os::windows::io::IntoRawSocket for $ty {
            fn into_raw_socket(self) -> ::std::os::windows::io::RawSocket {
                ::std::os::windows::io::OwnedSocket::from(self).into_raw_socket()
            }
        }

        impl ::std::os::windows::io::AsSocket for $ty {
            fn as_socket(&self) -> ::std::os::windows::io::BorrowedSocket<'_> {
                self.source.as_socket()
            }
        }

        impl ::std::os::windows::io::AsRawSocket for $ty {
            fn as_raw_socket(&self) -> ::std::os::windows::io::RawSocket {
                self.source.as_raw_socket()
            }
        }
    };
}
pub(in crate::net) use descriptors;

/// Makes what goes with the handle of a socket that is a field: `descriptor_of_field!(TcpSocket,
/// socket)`.
macro_rules! descriptor_of_field {
    ($ty:ident, $field:ident) => {
        impl ::std::os::windows::io::AsSocket for $ty {
            fn as_socket(&self) -> ::std::os::windows::io::BorrowedSocket<'_> {
                self.$field.as_socket()
            }
        }

        impl ::std::os::windows::io::AsRawSocket for $ty {
            fn as_raw_socket(&self) -> ::std::os::windows::io::RawSocket {
                self.$field.as_raw_socket()
            }
        }

        impl From<$ty> for ::std::os::windows::io::OwnedSocket {
            fn from(socket: $ty) -> Self {
                socket.$field.into()
            }
        }
    };
}
pub(in crate::net) use descriptor_of_field;
