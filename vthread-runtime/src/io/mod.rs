//! Reading and writing that suspends. Mirrors [`std::io`].
//!
//! [`Read`], [`Write`] and [`Seek`] have the names of std's traits and of their methods, so a file imports either
//! these or std's. Everything that implements `AsyncRead`, `AsyncWrite` or `AsyncSeek` of the `futures-io` crate has them,
//! and so have `vthread`'s own streams, which implement std's traits as well, for libraries that read and write blockingly.
//!
//! In code that is not under `#[vthread]`, `.block()` makes a call and blocks: `stream.read(&mut buf).block()`.

pub(crate) mod in_place;
mod read;
mod seek;
mod write;

pub use read::Read;
pub use seek::Seek;
pub use std::io::{Cursor, Error, ErrorKind, IoSlice, IoSliceMut, Result, SeekFrom};
pub use write::Write;
