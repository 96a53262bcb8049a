//! Reading and writing that suspends. Mirrors [`std::io`].
//!
//! `vthread`'s own streams have these methods as their own: they suspend, whatever traits are in scope. [`Read`], [`Write`]
//! and [`Seek`] are for generic code, and for everything that implements `AsyncRead`, `AsyncWrite` or `AsyncSeek`
//! of the `futures-io` crate. They have the names of std's traits, so generic code imports either these or std's.
//!
//! The streams implement std's traits as well, for libraries that read and write blockingly. `#[vthread]` code that uses
//! a stream through these, as by a `std::io::BufReader`, gets a warning.
//!
//! In code that is not under `#[vthread]`, `.block()` makes a call and blocks: `stream.read(&mut buf).block()`.

mod adapters;
mod async_fd;
mod buf_read;
mod buffered;
mod calls;
mod cursor;

mod duplex;
mod dynamic;
mod erased;
pub(crate) mod frames;
mod gates;
pub(crate) mod in_place;
pub(crate) mod inherent;
mod lines;
mod memory;
pub mod operations;
mod read;
mod seek;
mod steps;
mod transfer;
pub(crate) mod watched;
mod write;

pub use adapters::{ByRef, Bytes, Chain, Take};
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
pub use read::Read;
pub use seek::Seek;
pub use std::io::{Error, ErrorKind, IoSlice, IoSliceMut, Result, SeekFrom};
pub use transfer::{
    __vthread_copy, __vthread_copy_bidirectional, __vthread_read_to_string, copy,
    copy_bidirectional, read_to_string,
};
pub use write::Write;
