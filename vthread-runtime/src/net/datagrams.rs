//! What sockets for datagrams have in common.

/// Makes the methods of a socket with a `source` and `limits`: `datagrams!(UdpSocket,
/// std::net::UdpSocket, Socket, SocketAddr)`, where the `Socket` makes the operations.
macro_rules! datagrams {
    ($ty:ident, $std:ty, $socket:ty, $address:ty) => {
        impl $ty {
            /// Receives a datagram. Returns how many bytes of it are in `buf`, and from where it
            /// came. The rest is lost.
            ///
            /// # Suspends
            /// Always a checkpoint, and until one comes.
            ///
            /// # Cancellation
            /// Cancelled means not received.
            ///
            /// # Errors
            /// The system's error.
            #[allow(clippy::type_complexity)]
            pub fn recv_from(
                &self,
                buf: &mut [u8],
            ) -> $crate::task::call::Call<
                ::std::io::Result<(usize, $address)>,
                impl ::std::future::Future<Output = ::std::io::Result<(usize, $address)>> + Send,
            > {
                $crate::task::call::Call::leaf(
                    self.when_ready($crate::driver::Direction::Read, |socket| {
                        socket.recv_from(buf)
                    }),
                )
            }

            /// Receives a datagram, of the peer if [`connect`](Self::connect) has set one. Returns
            /// how many bytes of it are in `buf`. The rest is lost.
            ///
            /// # Suspends
            /// Always a checkpoint, and until one comes.
            ///
            /// # Cancellation
            /// Cancelled means not received.
            ///
            /// # Errors
            /// The system's error.
            pub fn recv(
                &self,
                buf: &mut [u8],
            ) -> $crate::task::call::Call<
                ::std::io::Result<usize>,
                impl ::std::future::Future<Output = ::std::io::Result<usize>> + Send,
            > {
                $crate::task::call::Call::leaf(
                    self.when_ready($crate::driver::Direction::Read, |socket| socket.recv(buf)),
                )
            }

            /// Sends a datagram to the peer that [`connect`](Self::connect) has set, and returns
            /// the number of bytes.
            ///
            /// # Suspends
            /// Always a checkpoint, and until there is room.
            ///
            /// # Cancellation
            /// Cancelled means not sent.
            ///
            /// # Errors
            /// The system's error.
            pub fn send(
                &self,
                buf: &[u8],
            ) -> $crate::task::call::Call<
                ::std::io::Result<usize>,
                impl ::std::future::Future<Output = ::std::io::Result<usize>> + Send,
            > {
                $crate::task::call::Call::leaf(
                    self.when_ready($crate::driver::Direction::Write, |socket| socket.send(buf)),
                )
            }

            async fn when_ready<T>(
                &self,
                direction: $crate::driver::Direction,
                mut attempt: impl FnMut(
                    $crate::net::without_waiting::WithoutWaiting<'_, $socket>,
                ) -> ::std::io::Result<T>,
            ) -> ::std::io::Result<T> {
                let limit = self.limits.get(direction);
                $crate::net::ready::when_ready(&self.source, direction, limit, |socket| {
                    attempt($crate::net::without_waiting::WithoutWaiting(&socket.0))
                })
                .await
            }
        }

        $crate::net::conversions::conversions!($ty, $std, limits);
        $crate::task::call::suspends!($ty: "recv_from" "recv" "send");
    };
}
pub(in crate::net) use datagrams;
