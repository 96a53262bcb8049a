//! Reading and writing that suspends. Mirrors [`std::io`].
//!
//! | std | vthread | difference |
//! |---|---|---|
//! | `Read`, `Write`, `BufRead`, `Seek` | [`Read`], [`Write`], [`BufRead`], [`Seek`] | calls suspend; `Send` is asked for; `by_ref` gives a [`ByRef`] |
//! | `&mut R`, `Box<R>` of an `R: Read` | of types that are known, and of `dyn Read` | in generic code: `by_ref()` |
//! | `BufReader`, `BufWriter`, `LineWriter` | [`BufReader`], [`BufWriter`], [`LineWriter`] | a cancelled `read_line` has not happened; drop writes what is left, and blocks; `into_parts` gives the bytes themselves |
//! | `Take`, `Chain`, `Bytes`, `Lines`, `Split` | [`Take`], [`Chain`], [`Bytes`], [`Lines`], [`Split`] | `for` suspends; as an `Iterator` each step blocks |
//! | `Cursor` | [`Cursor`] | a type of its own; `From` both ways |
//! | `Read for VecDeque<u8>`, `Write for &mut [u8]` | [`InMemory`] around them | `futures-io` does not know them, and may one day |
//! | `copy`, `read_to_string`, `empty`, `repeat`, `sink` | [`copy`], [`read_to_string`], [`empty`], [`repeat`], [`sink`] | |
//! | `pipe`, `PipeReader`, `PipeWriter` | [`pipe()`], [`PipeReader`], [`PipeWriter`] | `try_from` and `into_std` for `From`; `FromRawFd` panics if the system cannot watch it |
//! | `stdin`, `stdout`, `stderr`, their locks | [`stdin`], [`stdout`], [`stderr`] | `lock` does not wait, the first operation does; no buffer for what is written |
//! | `IsTerminal` | `is_terminal` of the streams and of files | a method of their own; the trait is re-exported for std's types |
//! | `prelude` | [`prelude`] | the traits here |
//! | `Error`, `ErrorKind`, `Result`, `IoSlice`, `IoSliceMut`, `SeekFrom` | the same | |
//! | none | [`copy_bidirectional`], [`duplex`], [`AsyncFd`], [`InMemory`] | |
//!
//! `vthread`'s own streams have these methods as their own: they suspend, whatever traits are in
//! scope. [`Read`], [`Write`], [`BufRead`] and [`Seek`] are for generic code, for types of your
//! own, and for everything that implements `AsyncRead`, `AsyncWrite`, `AsyncBufRead` or `AsyncSeek`
//! of the `futures-io` crate. They have the names of std's traits, so a module imports either these
//! or std's: an import of std's by name, `use std::io::Read`, hides the one of
//! `vthread::prelude::*`. Two globs, `use std::io::prelude::*` beside `use vthread::prelude::*`,
//! and an import of std's trait in one function, hide nothing: rustc sees both, and says that a
//! method of `&[u8]`, say, is ambiguous (E0034, or a warning). Name the trait in the call:
//! `std::io::BufRead::lines(bytes)`. In generic code the bound decides: an `R: vthread::io::Read`
//! has the methods of that trait, whatever is imported.
//!
//! The streams implement std's traits as well, for libraries that read and write blockingly.
//! `#[vthread]` code that uses a stream through these, as by a `std::io::BufReader`, gets a
//! warning.
//!
//! On Windows pipes and the standard streams are read and written by helper threads, one operation
//! at a time: a cancelled read loses nothing, a cancelled write may still take effect. `AsyncFd`,
//! the descriptors and writing through a `&PipeWriter` are Unix's.
//!
//! In code that is not under `#[vthread]`, `.block()` makes a call and blocks: `stream.read(&mut
//! buf).block()`.

mod adapters;
#[cfg(unix)]
mod async_fd;
mod buf_read;
mod buffered;
#[cfg(windows)]
pub(crate) mod by_helper;
mod calls;
mod cursor;

mod duplex;
mod dynamic;
mod erased;
pub(crate) mod first_poll;
pub(crate) mod frames;
#[cfg(unix)]
pub(crate) mod from_raw_fd;
mod gates;
pub(crate) mod in_place;
pub(crate) mod inherent;
mod lines;
mod memory;
pub mod operations;
#[cfg_attr(windows, path = "pipe_windows.rs")]
mod pipe;
#[cfg_attr(windows, path = "pipe_end_windows.rs")]
pub(crate) mod pipe_end;
mod read;
mod seek;
mod stdio;
mod steps;
mod transfer;
pub(crate) mod watched;
#[cfg(unix)]
pub(crate) mod without_waiting;
mod write;

pub use adapters::{ByRef, Bytes, Chain, Take};
#[cfg(unix)]
pub use async_fd::AsyncFd;
pub use buf_read::BufRead;
pub use buffered::{BufReader, BufWriter, IntoInnerError, LineWriter};
pub use cursor::Cursor;
pub use duplex::{DuplexStream, duplex};
pub use erased::IoFrame;
#[doc(hidden)]
pub use gates::{BufRead, Read, Seek, Write};
pub use lines::{Lines, Split};
pub use memory::{Empty, InMemory, Repeat, Sink, empty, repeat, sink};
pub use pipe::{PipeReader, PipeWriter, pipe};
pub use read::Read;
pub use seek::Seek;
pub use std::io::{Error, ErrorKind, IoSlice, IoSliceMut, IsTerminal, Result, SeekFrom};
pub use stdio::{Stderr, StderrLock, Stdin, StdinLock, Stdout, StdoutLock, stderr, stdin, stdout};
pub use transfer::{
    __vthread_copy, __vthread_copy_bidirectional, __vthread_read_to_string, copy,
    copy_bidirectional, read_to_string,
};
pub use write::Write;

/// The traits. Mirrors [`std::io::prelude`].
pub mod prelude {
    #[doc(no_inline)]
    pub use super::{BufRead, Read, Seek, Write};
}
