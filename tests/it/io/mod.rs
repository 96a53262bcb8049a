//! Reading and writing.

mod buffered;
mod traits;
