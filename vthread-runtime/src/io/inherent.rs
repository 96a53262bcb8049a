//! The methods of a stream of the library, as methods of its type: a trait of std's that is in
//! scope neither takes their place nor makes them ambiguous. They are calls with frames of their
//! own types.

/// Writes the methods: `inherent_io!(File: Read Write Seek);`, with the names of the traits that
/// they are of. A type with parameters has them before it, and their names: `inherent_io!([R: Read]
/// [R] BufReader<R>: Read);`.
macro_rules! inherent_io {
    ([$($generics:tt)*] $names:tt $ty:ty: $($of:ident)*) => {
        impl<$($generics)*> $ty {
            $($crate::io::inherent::inherent_io!(@$of $names);)*
        }
    };
    (@method $of:ident $frames:ident $name:ident $frame:ident ($($argument:ident: $ty:ty),*) -> $output:ty, $doc:literal) => {
        #[doc = $doc]
        ///
        #[doc = concat!(
            "The method [`", stringify!($of), "::", stringify!($name),
            "`](crate::io::", stringify!($of), "::", stringify!($name),
            ") describes where it suspends, the effect of a cancellation, and the errors."
        )]
        pub fn $name(
            &mut self,
            $($argument: $ty),*
        ) -> $crate::task::call::Call<
            $crate::io::Result<$output>,
            impl ::std::future::Future<Output = $crate::io::Result<$output>> + Send,
        > {
            $crate::task::call::Call::leaf($crate::io::frames::$frames::$frame(self, $($argument),*))
        }
    };
    (@Read $names:tt) => {
        $crate::io::inherent::inherent_io!(@method Read ReadFrames read read_frame(buf: &mut [u8]) -> usize,
            "Reads some bytes into `buf`, and returns how many. 0 means the end, unless `buf` is empty.");
        $crate::io::inherent::inherent_io!(@method Read ReadFrames read_vectored read_vectored_frame(
            bufs: &mut [::std::io::IoSliceMut<'_>]) -> usize,
            "As `read`, into several buffers.");
        $crate::io::inherent::inherent_io!(@method Read ReadFrames read_exact read_exact_frame(buf: &mut [u8]) -> (),
            "Reads exactly as many bytes as `buf` holds.");
        $crate::io::inherent::inherent_io!(@method Read ReadFrames read_to_end read_to_end_frame(buf: &mut Vec<u8>) -> usize,
            "Reads to the end, appends it to `buf`, and returns the number of bytes.");
        $crate::io::inherent::inherent_io!(@method Read ReadFrames read_to_string read_to_string_frame(buf: &mut String) -> usize,
            "Reads to the end, appends it to `buf`, and returns the number of bytes.");
    };
    (@BufRead $names:tt) => {
        $crate::io::inherent::inherent_io!(@method BufRead BufReadFrames read_until read_until_frame(byte: u8, buf: &mut Vec<u8>) -> usize,
            "Reads up to and with the first `byte`, or to the end, appends it to `buf`, and returns the number of bytes.");
        $crate::io::inherent::inherent_io!(@method BufRead BufReadFrames skip_until skip_until_frame(byte: u8) -> usize,
            "Reads up to and with the first `byte`, or to the end, and returns the number of bytes.");
        $crate::io::inherent::inherent_io!(@method BufRead BufReadFrames read_line read_line_frame(buf: &mut String) -> usize,
            "Reads a line with its end, or what is left, appends it to `buf`, and returns the number of bytes.");
    };
    (@Write [$($name:tt)*]) => {
        $crate::io::inherent::inherent_io!(@method Write WriteFrames write write_frame(buf: &[u8]) -> usize,
            "Writes some of `buf`, and says how many bytes.");
        $crate::io::inherent::inherent_io!(@method Write WriteFrames write_vectored write_vectored_frame(
            bufs: &[::std::io::IoSlice<'_>]) -> usize,
            "As `write`, of several buffers.");
        $crate::io::inherent::inherent_io!(@method Write WriteFrames write_all write_all_frame(buf: &[u8]) -> (),
            "Writes all of `buf`.");
        $crate::io::inherent::inherent_io!(@method Write WriteFrames flush flush_frame() -> (),
            "Makes all bytes written so far reach their destination.");
        /// Writes the text of `write!` and `writeln!`.
        ///
        /// The method [`Write::write_fmt`](crate::io::Write::write_fmt) describes where it
        /// suspends, the effect of a cancellation, and the errors.
        pub fn write_fmt<'s>(
            &'s mut self,
            arguments: ::std::fmt::Arguments<'_>,
        ) -> $crate::task::call::Call<
            $crate::io::Result<()>,
            impl ::std::future::Future<Output = $crate::io::Result<()>> + Send + use<'s $(, $name)*>,
        > {
            let text = $crate::io::frames::write::text_of(arguments);
            $crate::task::call::Call::leaf($crate::io::frames::WriteFrames::write_fmt_frame(self, text))
        }
    };
    (@Seek $names:tt) => {
        $crate::io::inherent::inherent_io!(@method Seek SeekFrames seek seek_frame(position: $crate::io::SeekFrom) -> u64,
            "Moves to `position`, and returns how far that is from the beginning.");
        $crate::io::inherent::inherent_io!(@method Seek SeekFrames rewind rewind_frame() -> (),
            "Moves to the beginning.");
        $crate::io::inherent::inherent_io!(@method Seek SeekFrames stream_position stream_position_frame() -> u64,
            "The distance of the position from the beginning.");
        $crate::io::inherent::inherent_io!(@method Seek SeekFrames seek_relative seek_relative_frame(offset: i64) -> (),
            "Moves on by `offset`, or back.");
    };
    ($ty:ty: $($of:ident)*) => {
        $crate::io::inherent::inherent_io!([] [] $ty: $($of)*);
    };
}
pub(crate) use inherent_io;
