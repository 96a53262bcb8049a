//! What the ends of pipes have in common: those of a pipe of this process, and those that lead to a
//! child process.

/// Makes an end of a pipe, which has a `stream`: its traits, its conversions, and what goes with a
/// handle: `pipe_end!(PipeReader, std::io::PipeReader: Read)`.
macro_rules! pipe_end {
    ($ty:ident, $std:ty: $of:ident) => {
        impl $ty {
            /// Of an end that was made here.
            pub(crate) fn of_ours(
                end: impl Into<::std::os::windows::io::OwnedHandle>,
            ) -> ::std::io::Result<Self> {
                $ty::try_from(end.into())
            }

            /// The end itself. An operation that a cancelled vthread has left alone may still be
            /// under way; then it is another handle of it.
            fn into_handle(self) -> ::std::io::Result<::std::os::windows::io::OwnedHandle> {
                let file = self.stream.stream().clone();
                drop(self);
                let file = ::std::sync::Arc::try_unwrap(file).or_else(|file| file.try_clone());
                file.map(::std::os::windows::io::OwnedHandle::from)
            }
        }

        $crate::io::pipe_end::pipe_end!(@$of $ty);

        impl TryFrom<::std::os::windows::io::OwnedHandle> for $ty {
            type Error = ::std::io::Error;

            /// Never fails.
            fn try_from(end: ::std::os::windows::io::OwnedHandle) -> ::std::io::Result<Self> {
                Ok($ty {
                    stream: $crate::io::by_helper::ByHelper::new(end.into()),
                })
            }
        }

        impl TryFrom<$std> for $ty {
            type Error = ::std::io::Error;

            /// Never fails.
            fn try_from(end: $std) -> ::std::io::Result<Self> {
                $ty::try_from(::std::os::windows::io::OwnedHandle::from(end))
            }
        }

        impl TryFrom<$ty> for ::std::os::windows::io::OwnedHandle {
            type Error = ::std::io::Error;

            /// The handle. An operation that a cancelled vthread has left alone may still be under
            /// way; then it is another handle of the same end.
            fn try_from(end: $ty) -> ::std::io::Result<Self> {
                end.into_handle()
            }
        }

        impl From<$ty> for ::std::process::Stdio {
            /// # Panics
            /// If an operation is under way that a cancelled vthread has left alone, and the system
            /// has no more handles.
            fn from(end: $ty) -> Self {
                let handle = end.into_handle();
                handle.expect("the system has a handle for the pipe").into()
            }
        }

        impl ::std::os::windows::io::AsHandle for $ty {
            fn as_handle(&self) -> ::std::os::windows::io::BorrowedHandle<'_> {
                ::std::os::windows::io::AsHandle::as_handle(&**self.stream.stream())
            }
        }

        impl ::std::os::windows::io::AsRawHandle for $ty {
            fn as_raw_handle(&self) -> ::std::os::windows::io::RawHandle {
                ::std::os::windows::io::AsRawHandle::as_raw_handle(&**self.stream.stream())
            }
        }

        impl ::std::fmt::Debug for $ty {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($ty)).finish_non_exhaustive()
            }
        }
    };
    (@Read $ty:ident) => {
        impl ::futures_io::AsyncRead for $ty {
            fn poll_read(
                self: ::std::pin::Pin<&mut Self>,
                cx: &mut ::std::task::Context<'_>,
                buf: &mut [u8],
            ) -> ::std::task::Poll<::std::io::Result<usize>> {
                self.get_mut().stream.poll_read(cx, buf)
            }
        }

        $crate::io::inherent::inherent_io!($ty: Read);

        impl ::std::io::Read for $ty {
            fn read(&mut self, buf: &mut [u8]) -> ::std::io::Result<usize> {
                let read = ::std::future::poll_fn(|cx| self.stream.poll_read(cx, buf));
                $crate::task::call::Call::leaf(read).block()
            }
        }
    };
    (@Write $ty:ident) => {
        impl $crate::io::frames::WriteFrames for $ty {
            async fn write_frame(&mut self, buf: &[u8]) -> ::std::io::Result<usize> {
                self.stream.write(buf).await
            }

            async fn flush_frame(&mut self) -> ::std::io::Result<()> {
                self.stream.flush().await
            }
        }

        $crate::io::frames::io_by_frames!([] $ty: Write);
        $crate::io::inherent::inherent_io!($ty: Write);

        impl ::std::io::Write for $ty {
            fn write(&mut self, buf: &[u8]) -> ::std::io::Result<usize> {
                $crate::task::call::Call::leaf(self.stream.write(buf)).block()
            }

            fn flush(&mut self) -> ::std::io::Result<()> {
                $crate::task::call::Call::leaf(self.stream.flush()).block()
            }
        }
    };
}
pub(crate) use pipe_end;
