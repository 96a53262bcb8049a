//! The connections that come to a listener, one by one.

/// Makes the `Incoming` of a listener, and what `for` in vthread code takes:
/// `incoming!(TcpListener, TcpStream)`.
macro_rules! incoming {
    ($listener:ident, $stream:ident) => {
        impl $listener {
            /// Returns the connections, one by one, without end: `for stream in
            /// listener.incoming()`.
            ///
            /// In a `for` of vthread code it suspends; as an `Iterator`, in plain code and under an
            /// adapter, each step blocks. An error is not the end.
            pub fn incoming(&self) -> Incoming<'_> {
                Incoming { listener: self }
            }
        }

        /// The connections that come to a listener, returned by its `incoming`.
        #[derive(Debug)]
        pub struct Incoming<'l> {
            listener: &'l $listener,
        }

        impl Iterator for Incoming<'_> {
            type Item = ::std::io::Result<$stream>;

            fn next(&mut self) -> Option<Self::Item> {
                Some(self.listener.accept().block().map(|(stream, _)| stream))
            }
        }

        impl ::std::iter::FusedIterator for Incoming<'_> {}

        /// The connections as `for` in vthread code takes them.
        #[doc(hidden)]
        #[derive(Debug)]
        pub struct ConnectionSteps<'l> {
            listener: &'l $listener,
        }

        impl<'l> ConnectionSteps<'l> {
            /// The next connection.
            #[allow(clippy::should_implement_trait)]
            pub fn next(
                &mut self,
            ) -> $crate::task::call::Call<
                Option<::std::io::Result<$stream>>,
                impl ::std::future::Future<Output = Option<::std::io::Result<$stream>>>
                + Send
                + use<'l>,
            > {
                let accept = self.listener.accept().into_frame();
                $crate::task::call::Call::leaf(async move {
                    Some(accept.await.map(|(stream, _)| stream))
                })
            }
        }

        impl<'l> $crate::call::for_loop::IntoSuspendingIter for Incoming<'l> {
            type Steps = ConnectionSteps<'l>;
            fn into_steps(self) -> Self::Steps {
                ConnectionSteps {
                    listener: self.listener,
                }
            }
        }

        impl<'l> $crate::call::for_loop::IntoSuspendingIter for &mut Incoming<'l> {
            type Steps = ConnectionSteps<'l>;
            fn into_steps(self) -> Self::Steps {
                ConnectionSteps {
                    listener: self.listener,
                }
            }
        }
    };
}
pub(super) use incoming;
