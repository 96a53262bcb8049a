//! The methods of a stream of the library, as methods of its type: a trait of std's that is in scope neither takes
//! their place nor makes them ambiguous.

/// Writes the methods: `inherent_io!(File: Read Write Seek);`, with the names of the traits that they are of.
macro_rules! inherent_io {
    ($ty:ty: $($of:ident)*) => {
        impl $ty {
            $($crate::io::inherent::inherent_io!(@$of);)*
        }
    };
    (@method $of:ident $name:ident $(<$lifetime:lifetime>)? ($($argument:ident: $ty:ty),*) -> $output:ty, $doc:literal) => {
        #[doc = $doc]
        ///
        #[doc = concat!(
            "The method [`", stringify!($of), "::", stringify!($name),
            "`](crate::io::", stringify!($of), "::", stringify!($name),
            ") says where it suspends, what a cancellation leaves, and which errors there are."
        )]
        pub fn $name $(<$lifetime>)? (
            &$($lifetime)? mut self,
            $($argument: $ty),*
        ) -> $crate::task::call::Call<
            $crate::io::Result<$output>,
            impl ::std::future::Future<Output = $crate::io::Result<$output>> + Send $(+ use<$lifetime>)?,
        > {
            $crate::io::$of::$name(self, $($argument),*)
        }
    };
    (@Read) => {
        $crate::io::inherent::inherent_io!(@method Read read(buf: &mut [u8]) -> usize,
            "Reads some bytes into `buf`, and says how many. None means the end, unless `buf` is empty.");
        $crate::io::inherent::inherent_io!(@method Read read_exact(buf: &mut [u8]) -> (),
            "Reads exactly as many bytes as `buf` holds.");
        $crate::io::inherent::inherent_io!(@method Read read_to_end(buf: &mut Vec<u8>) -> usize,
            "Reads to the end, appends it to `buf`, and says how many bytes that were.");
        $crate::io::inherent::inherent_io!(@method Read read_to_string(buf: &mut String) -> usize,
            "Reads to the end, appends it to `buf`, and says how many bytes that were.");
    };
    (@Write) => {
        $crate::io::inherent::inherent_io!(@method Write write(buf: &[u8]) -> usize,
            "Writes some of `buf`, and says how many bytes.");
        $crate::io::inherent::inherent_io!(@method Write write_all(buf: &[u8]) -> (),
            "Writes all of `buf`.");
        $crate::io::inherent::inherent_io!(@method Write write_fmt<'s>(arguments: ::std::fmt::Arguments<'_>) -> (),
            "What `write!` and `writeln!` call: writes the text.");
        $crate::io::inherent::inherent_io!(@method Write flush() -> (),
            "Has everything that was written so far reach its destination.");
    };
    (@Seek) => {
        $crate::io::inherent::inherent_io!(@method Seek seek(position: $crate::io::SeekFrom) -> u64,
            "Moves to `position`, and says how far that is from the beginning.");
        $crate::io::inherent::inherent_io!(@method Seek rewind() -> (),
            "Moves to the beginning.");
        $crate::io::inherent::inherent_io!(@method Seek stream_position() -> u64,
            "The distance of the position from the beginning.");
    };
}
pub(crate) use inherent_io;
