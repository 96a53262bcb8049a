//! The ends of pipes to a process.

use crate::io::by_helper::ByHelper;
use crate::io::pipe_end::pipe_end;
use std::fs::File;
use std::process;

/// The end of a pipe that writes to the standard input of a process. Dropping it closes the pipe.
///
/// It writes by its own methods, and by [`std::io::Write`], which blocks. A cancelled write may
/// still take effect.
pub struct ChildStdin {
    stream: ByHelper<File>,
}

/// The end of a pipe that reads the standard output of a process.
///
/// It reads as a [`TcpStream`](crate::net::TcpStream) does: by its own methods, by `AsyncRead` of
/// `futures-io`, and by [`std::io::Read`], which blocks. A cancelled read loses nothing.
pub struct ChildStdout {
    stream: ByHelper<File>,
}

/// The end of a pipe that reads the standard error of a process. As [`ChildStdout`].
pub struct ChildStderr {
    stream: ByHelper<File>,
}

pipe_end!(ChildStdin, process::ChildStdin: Write);
pipe_end!(ChildStdout, process::ChildStdout: Read);
pipe_end!(ChildStderr, process::ChildStderr: Read);
