//! The ends of pipes to a process.

use super::Stdio;
use crate::driver::{Descriptor, Source};
use crate::io::pipe_end::{End, pipe_end};
use crate::io::watched::watched_traits;
use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::process;

/// The end of a pipe that writes to the standard input of a process. Dropping it closes the pipe.
///
/// It writes as a [`TcpStream`](crate::net::TcpStream) does: by its own methods, by `AsyncWrite` of
/// `futures-io`, and by [`std::io::Write`], which blocks. A cancelled write has not happened.
pub struct ChildStdin {
    source: Source<Descriptor<End>>,
}

/// The end of a pipe that reads the standard output of a process.
///
/// It reads as a [`TcpStream`](crate::net::TcpStream) does: by its own methods, by `AsyncRead` of
/// `futures-io`, and by [`std::io::Read`], which blocks. A cancelled read has read nothing.
pub struct ChildStdout {
    source: Source<Descriptor<End>>,
}

/// The end of a pipe that reads the standard error of a process. As [`ChildStdout`].
pub struct ChildStderr {
    source: Source<Descriptor<End>>,
}

/// The items of all three.
macro_rules! end_of_child {
    ($ty:ident: $of:ident) => {
        pipe_end!($ty, process::$ty: $of);

        impl TryFrom<$ty> for OwnedFd {
            type Error = io::Error;

            /// The descriptor, whose operations block again.
            fn try_from(stream: $ty) -> io::Result<Self> {
                stream.source.into_inner().0.into_blocking()
            }
        }

        impl From<$ty> for Stdio {
            /// For another process: the stream blocks again, as programs expect it to.
            fn from(stream: $ty) -> Self {
                let descriptor = stream.source.into_inner().0.into_blocking();
                descriptor.expect("it fails for no pipe that is open").into()
            }
        }

        impl fmt::Debug for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($ty)).finish_non_exhaustive()
            }
        }
    };
}

end_of_child!(ChildStdin: Write);
end_of_child!(ChildStdout: Read);
end_of_child!(ChildStderr: Read);
watched_traits!(Write & ChildStdin);
