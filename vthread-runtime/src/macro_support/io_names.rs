//! The method names of the traits of `vthread::io`.
//!
//! `Suspends` cannot cover them with a blanket impl (it would collide with the pointers'), so these
//! names, and only these, are probed one level deeper.

use crate::io::{BufRead, Read, Seek, Write};
use crate::task::call::name_hash;

/// `Self` has this suspending method through a trait of `vthread::io`.
pub trait IoSuspends<const NAME: u64> {}

macro_rules! io_names {
    ($($bound:ident: $($name:literal)*;)*) => {
        $($(impl<T: $bound + ?Sized> IoSuspends<{ name_hash($name) }> for T {})*)*
    };
}

io_names! {
    Read: "read" "read_exact" "read_to_end" "read_to_string" "read_vectored";
    Write: "write" "write_all" "write_vectored" "write_fmt" "flush";
    BufRead: "read_line" "read_until" "fill_buf" "skip_until";
    Seek: "seek" "rewind" "stream_position" "seek_relative";
}
