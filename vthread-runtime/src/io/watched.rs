//! Streams that the reactor watches: the traits of `futures-io`, and std's, which block.

/// Makes the shared polls of a stream with a `source`: `watched_polls!(Read |stream| x)`, where `x`
/// is `std::io::Read`. Their results go through `limited`.
macro_rules! watched_polls {
    (Read |$stream:ident| $inner:expr) => {
        fn poll_read_shared(
            &self,
            cx: &mut ::std::task::Context<'_>,
            buf: &mut [u8],
        ) -> ::std::task::Poll<::std::io::Result<usize>> {
            ::std::task::ready!($crate::task::current::checkpoint(cx));
            let polled = self.source.poll_transfer(
                $crate::driver::Direction::Read,
                buf.len(),
                cx,
                |$stream| ::std::io::Read::read(&mut $inner, buf),
            );
            self.limited($crate::driver::Direction::Read, cx, polled)
        }

        fn poll_read_vectored_shared(
            &self,
            cx: &mut ::std::task::Context<'_>,
            bufs: &mut [::std::io::IoSliceMut<'_>],
        ) -> ::std::task::Poll<::std::io::Result<usize>> {
            ::std::task::ready!($crate::task::current::checkpoint(cx));
            let wanted = bufs.iter().map(|buf| buf.len()).sum();
            let polled =
                self.source
                    .poll_transfer($crate::driver::Direction::Read, wanted, cx, |$stream| {
                        ::std::io::Read::read_vectored(&mut $inner, bufs)
                    });
            self.limited($crate::driver::Direction::Read, cx, polled)
        }
    };
    (Write |$stream:ident| $inner:expr) => {
        fn poll_write_shared(
            &self,
            cx: &mut ::std::task::Context<'_>,
            buf: &[u8],
        ) -> ::std::task::Poll<::std::io::Result<usize>> {
            ::std::task::ready!($crate::task::current::checkpoint(cx));
            let polled = self.source.poll_transfer(
                $crate::driver::Direction::Write,
                buf.len(),
                cx,
                |$stream| ::std::io::Write::write(&mut $inner, buf),
            );
            self.limited($crate::driver::Direction::Write, cx, polled)
        }

        fn poll_write_vectored_shared(
            &self,
            cx: &mut ::std::task::Context<'_>,
            bufs: &[::std::io::IoSlice<'_>],
        ) -> ::std::task::Poll<::std::io::Result<usize>> {
            ::std::task::ready!($crate::task::current::checkpoint(cx));
            let wanted = bufs.iter().map(|buf| buf.len()).sum();
            let polled = self.source.poll_transfer(
                $crate::driver::Direction::Write,
                wanted,
                cx,
                |$stream| ::std::io::Write::write_vectored(&mut $inner, bufs),
            );
            self.limited($crate::driver::Direction::Write, cx, polled)
        }
    };
}
pub(crate) use watched_polls;

/// Makes the traits of a stream, or of a reference to it, from its shared polls and its
/// `close_shared`.
macro_rules! watched_traits {
    (Read $ty:ty) => {
        impl ::futures_io::AsyncRead for $ty {
            fn poll_read(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
                buf: &mut [u8],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                self.poll_read_shared(cx, buf)
            }

            fn poll_read_vectored(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
                bufs: &mut [::std::io::IoSliceMut<'_>],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                self.poll_read_vectored_shared(cx, bufs)
            }
        }

        impl ::std::io::Read for $ty {
            fn read(&mut self, buf: &mut [u8]) -> ::std::io::Result<usize> {
                let mut begun = false;
                let read = ::std::future::poll_fn(|cx| {
                    $crate::io::first_poll::polled(&mut begun, || self.poll_read_shared(cx, buf))
                });
                $crate::task::call::Call::leaf(read).block()
            }

            fn read_vectored(
                &mut self,
                bufs: &mut [::std::io::IoSliceMut<'_>],
            ) -> ::std::io::Result<usize> {
                let mut begun = false;
                let read = ::std::future::poll_fn(|cx| {
                    $crate::io::first_poll::polled(&mut begun, || {
                        self.poll_read_vectored_shared(cx, bufs)
                    })
                });
                $crate::task::call::Call::leaf(read).block()
            }
        }
    };
    (Write $ty:ty) => {
        impl ::futures_io::AsyncWrite for $ty {
            fn poll_write(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
                buf: &[u8],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                self.poll_write_shared(cx, buf)
            }

            fn poll_write_vectored(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
                bufs: &[::std::io::IoSlice<'_>],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                self.poll_write_vectored_shared(cx, bufs)
            }

            fn poll_flush(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
            ) -> ::std::task::Poll<::std::io::Result<()>> {
                // Written bytes are the system's already.
                $crate::task::current::checkpoint(cx).map(Ok)
            }

            fn poll_close(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
            ) -> ::std::task::Poll<::std::io::Result<()>> {
                ::std::task::ready!($crate::task::current::checkpoint(cx));
                ::std::task::Poll::Ready(self.close_shared())
            }
        }

        impl ::std::io::Write for $ty {
            fn write(&mut self, buf: &[u8]) -> ::std::io::Result<usize> {
                let mut begun = false;
                let write = ::std::future::poll_fn(|cx| {
                    $crate::io::first_poll::polled(&mut begun, || self.poll_write_shared(cx, buf))
                });
                $crate::task::call::Call::leaf(write).block()
            }

            fn write_vectored(
                &mut self,
                bufs: &[::std::io::IoSlice<'_>],
            ) -> ::std::io::Result<usize> {
                let mut begun = false;
                let write = ::std::future::poll_fn(|cx| {
                    $crate::io::first_poll::polled(&mut begun, || {
                        self.poll_write_vectored_shared(cx, bufs)
                    })
                });
                $crate::task::call::Call::leaf(write).block()
            }

            fn flush(&mut self) -> ::std::io::Result<()> {
                Ok(())
            }
        }
    };
}
pub(crate) use watched_traits;

/// Makes the `limited` of a stream whose operations have no time limits.
#[cfg(unix)]
macro_rules! unlimited {
    () => {
        fn limited<T>(
            &self,
            _: $crate::driver::Direction,
            _: &mut ::std::task::Context<'_>,
            polled: ::std::task::Poll<::std::io::Result<T>>,
        ) -> ::std::task::Poll<::std::io::Result<T>> {
            polled
        }
    };
}
#[cfg(unix)]
pub(crate) use unlimited;
