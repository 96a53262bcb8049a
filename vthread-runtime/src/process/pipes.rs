//! The ends of pipes to a process.

use super::Stdio;
use crate::driver::Source;
use crate::io::pipe_end::pipe_end;
use mio::unix::pipe::{Receiver, Sender};
use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::process;

/// The end of a pipe that writes to the standard input of a process. Dropping it closes the pipe.
///
/// It writes as a [`TcpStream`](crate::net::TcpStream) does: by its own methods, by `AsyncWrite` of
/// `futures-io`, and by [`std::io::Write`], which blocks. A cancelled write has not happened.
pub struct ChildStdin {
    source: Source<Sender>,
}

/// The end of a pipe that reads the standard output of a process.
///
/// It reads as a [`TcpStream`](crate::net::TcpStream) does: by its own methods, by `AsyncRead` of
/// `futures-io`, and by [`std::io::Read`], which blocks. A cancelled read has read nothing.
pub struct ChildStdout {
    source: Source<Receiver>,
}

/// The end of a pipe that reads the standard error of a process. As [`ChildStdout`].
pub struct ChildStderr {
    source: Source<Receiver>,
}

/// The items of all three.
macro_rules! end_of_child {
    ($ty:ident, $end:ty: $of:ident) => {
        pipe_end!($ty, $end, process::$ty: $of);

        impl TryFrom<$ty> for OwnedFd {
            type Error = io::Error;

            /// The descriptor, whose operations block again.
            fn try_from(stream: $ty) -> io::Result<Self> {
                stream.source.set_nonblocking(false)?;
                Ok(stream.source.into_inner().into())
            }
        }

        impl From<$ty> for Stdio {
            /// For another process: the stream blocks again, as programs expect it to.
            fn from(stream: $ty) -> Self {
                // It fails for no descriptor that is open.
                let _ = stream.source.set_nonblocking(false);
                OwnedFd::from(stream.source.into_inner()).into()
            }
        }

        impl fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($ty)).finish_non_exhaustive()
            }
        }
    };
}

end_of_child!(ChildStdin, Sender: Write);
end_of_child!(ChildStdout, Receiver: Read);
end_of_child!(ChildStderr, Receiver: Read);
