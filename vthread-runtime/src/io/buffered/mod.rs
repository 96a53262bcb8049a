//! Buffers around streams.

mod buffer;
mod line_writer;
mod reader;
mod writer;

pub use line_writer::LineWriter;
pub use reader::BufReader;
pub use writer::{BufWriter, IntoInnerError};

/// How many bytes a buffer holds if nothing else is asked for. As std's.
const CAPACITY: usize = 8 * 1024;
