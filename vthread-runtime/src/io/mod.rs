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

pub(crate) mod in_place;
pub(crate) mod inherent;
mod read;
mod seek;
mod write;

pub use read::Read;
pub use seek::Seek;
pub use std::io::{Cursor, Error, ErrorKind, IoSlice, IoSliceMut, Result, SeekFrom};
pub use write::Write;
