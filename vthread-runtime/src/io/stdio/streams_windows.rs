//! The streams of the process as those of std: a console takes text, which std converts.

use super::{Stderr, StderrLock, Stdin, StdinLock, Stdout, StdoutLock};
use crate::io::Result;
use crate::io::by_helper::ByHelper;
use crate::io::frames::{ReadFrames, WriteFrames, io_by_frames};
use std::future::poll_fn;
use std::io::{Read, Write};
use std::os::windows::io::{AsRawHandle, RawHandle};

/// The streams of std.
pub(super) struct StdinOfStd;
pub(super) struct StdoutOfStd;
pub(super) struct StderrOfStd;

impl Read for &StdinOfStd {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
        std::io::stdin().read(buf)
    }
}

/// Where the standard input comes from.
pub(super) struct Input(ByHelper<StdinOfStd>);

impl Input {
    pub(super) fn stdin() -> Self {
        Input(ByHelper::new(StdinOfStd))
    }
}

impl ReadFrames for Input {
    async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
        poll_fn(|cx| self.0.poll_read(cx, buf)).await
    }
}

io_by_frames!([] Input: Read);

/// Where the standard output or the standard error goes.
pub(super) enum Output {
    Stdout(ByHelper<StdoutOfStd>),
    Stderr(ByHelper<StderrOfStd>),
}

impl Output {
    pub(super) fn stdout() -> Self {
        Output::Stdout(ByHelper::new(StdoutOfStd))
    }

    pub(super) fn stderr() -> Self {
        Output::Stderr(ByHelper::new(StderrOfStd))
    }
}

impl WriteFrames for Output {
    async fn write_frame(&mut self, buf: &[u8]) -> Result<usize> {
        match self {
            Output::Stdout(stream) => stream.write(buf).await,
            Output::Stderr(stream) => stream.write(buf).await,
        }
    }

    async fn flush_frame(&mut self) -> Result<()> {
        match self {
            Output::Stdout(stream) => stream.flush().await,
            Output::Stderr(stream) => stream.flush().await,
        }
    }
}

macro_rules! streams {
    ($($function:ident: $stream:ident, $($ty:ty),*;)*) => { $(
        impl Write for &$stream {
            fn write(&mut self, buf: &[u8]) -> Result<usize> {
                std::io::$function().write(buf)
            }

            fn flush(&mut self) -> Result<()> {
                std::io::$function().flush()
            }
        }

        handles!($function: $($ty),*);
    )* };
}

macro_rules! handles {
    ($function:ident: $($ty:ty),*) => { $(
        impl AsRawHandle for $ty {
            fn as_raw_handle(&self) -> RawHandle {
                std::io::$function().as_raw_handle()
            }
        }
    )* };
}

handles!(stdin: Stdin, StdinLock<'_>);
streams! {
    stdout: StdoutOfStd, Stdout, StdoutLock<'_>;
    stderr: StderrOfStd, Stderr, StderrLock<'_>;
}
