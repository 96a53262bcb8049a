//! The method names of `vthread::io` on types of `futures-io`.
//!
//! `Suspends` cannot cover them with a blanket impl (it would collide with the pointers'), so these
//! names, and only these, are probed one level deeper.

use crate::task::call::name_hash;

/// `Self` has this suspending method through `futures-io`.
pub trait IoSuspends<const NAME: u64> {}

macro_rules! io_names {
    ($($bound:ident: $($name:literal)*;)*) => {
        $($(impl<T: futures_io::$bound + ?Sized> IoSuspends<{ name_hash($name) }> for T {})*)*
    };
}

io_names! {
    AsyncRead: "read" "read_exact" "read_to_end" "read_to_string" "read_vectored";
    AsyncWrite: "write" "write_all" "write_vectored" "write_fmt" "flush" "close";
    AsyncBufRead: "read_line" "read_until" "fill_buf" "skip_until";
    AsyncSeek: "seek" "rewind" "stream_position";
}
