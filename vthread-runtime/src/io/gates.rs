//! The macros of the traits' names that `#[vthread] impl Read for Mine` calls, as `#[vthread]
//! trait` makes them.
//!
//! Each method is offered in three forms, and the trait takes one: as it was written, as a call
//! with a frame of its own type, or as a call with an [`IoFrame`](super::IoFrame), which these
//! traits have. And since `futures-io` implements its traits for `&mut T` and `Box<T>`, which
//! leaves no room for an `impl` for all of them, those of `Mine` get theirs here.

/// Forwards every method of a trait: `forward! { Read [<S: Read>] [ByRef<'_, S>] [where ..] self =>
/// self.target }`.
#[doc(hidden)]
#[macro_export]
macro_rules! __vthread_io_forward {
    (Read [$($generics:tt)*] [$ty:ty] [$($bounds:tt)*] $this:tt => $target:expr) => {
        #[automatically_derived]
        impl $($generics)* $crate::io::Read for $ty $($bounds)* {
            $crate::__vthread_io_forward! { @methods Read $this $target;
                read(buf: &'__vt mut [u8]) -> usize, Reading <'__vt>;
                read_vectored<'__v>(bufs: &'__vt mut [$crate::io::IoSliceMut<'__v>]) -> usize, ReadingVectored <'__vt, '__v>;
                read_exact(buf: &'__vt mut [u8]) -> (), ReadingExactly <'__vt>;
                read_to_end(buf: &'__vt mut ::std::vec::Vec<u8>) -> usize, ReadingOn;
                read_to_string(buf: &'__vt mut ::std::string::String) -> usize, ReadingOn;
            }
        }
    };
    (Write [$($generics:tt)*] [$ty:ty] [$($bounds:tt)*] $this:tt => $target:expr) => {
        #[automatically_derived]
        impl $($generics)* $crate::io::Write for $ty $($bounds)* {
            $crate::__vthread_io_forward! { @methods Write $this $target;
                write(buf: &'__vt [u8]) -> usize, Writing <'__vt>;
                write_vectored<'__v>(bufs: &'__vt [$crate::io::IoSlice<'__v>]) -> usize, WritingVectored <'__vt, '__v>;
                write_all(buf: &'__vt [u8]) -> (), WritingAll <'__vt>;
                write_fmt<'__v>(arguments: ::std::fmt::Arguments<'__v>) -> (), WritingText <'__vt>;
                flush() -> (), Flushing <'__vt>;
            }
        }
    };
    (Seek [$($generics:tt)*] [$ty:ty] [$($bounds:tt)*] $this:tt => $target:expr) => {
        #[automatically_derived]
        impl $($generics)* $crate::io::Seek for $ty $($bounds)* {
            $crate::__vthread_io_forward! { @methods Seek $this $target;
                seek(position: $crate::io::SeekFrom) -> u64, Seeking <'__vt>;
                rewind() -> (), Moving;
                stream_position() -> u64, Seeking <'__vt>;
                seek_relative(offset: i64) -> (), Moving;
            }
        }
    };
    (BufRead [$($generics:tt)*] [$ty:ty] [$($bounds:tt)*] $this:tt => $target:expr) => {
        #[automatically_derived]
        impl $($generics)* $crate::io::BufRead for $ty $($bounds)* {
            $crate::__vthread_io_forward! { @methods BufRead $this $target;
                fill_buf() -> &'__vt [u8], Filling <'__vt>;
                read_until(byte: u8, buf: &'__vt mut ::std::vec::Vec<u8>) -> usize, ReadingOn;
                skip_until(byte: u8) -> usize, ReadingOn;
                read_line(buf: &'__vt mut ::std::string::String) -> usize, ReadingOn;
            }
            fn consume(&mut $this, n: usize) {
                $crate::io::BufRead::consume($target, n)
            }
        }
    };
    (@methods $of:ident $this:tt $target:expr;
        $($name:ident $(<$v:lifetime>)? ($($argument:ident: $ty:ty),*) -> $output:ty, $operation:ident $(<$($l:lifetime),*>)?;)*
    ) => {
        $(fn $name<'__vt $(, $v)?>(
            &'__vt mut $this,
            $($argument: $ty),*
        ) -> $crate::io::operations::IoCall<'__vt, $output, $crate::io::operations::$operation $(<$($l),*>)?> {
            $crate::io::$of::$name($target, $($argument),*)
        })*
    };
}

/// The requirements of an `impl` of `Read`.
#[doc(hidden)]
#[macro_export]
macro_rules! __vthread_io_gates_read {
    (@method $name:ident {$($plain:tt)*} {$($own:tt)*} {$($io:tt)*}) => { $($io)* };
    ([$($library:tt)*] [$($skipped:tt)*] [$($generics:tt)*] [$($target:tt)*] [$($bounds:tt)*] [$ty:ty] [$($form:tt)*]) => {
        $crate::__vthread_io_forward! { Read [$($generics)*] [&mut $ty] [$($bounds)*] self => &mut **self }
        $crate::__vthread_io_forward! { Read [$($generics)*] [::std::boxed::Box<$ty>] [$($bounds)*] self => &mut **self }
    };
}

/// The requirements of an `impl` of `Write`.
#[doc(hidden)]
#[macro_export]
macro_rules! __vthread_io_gates_write {
    (@method $name:ident {$($plain:tt)*} {$($own:tt)*} {$($io:tt)*}) => { $($io)* };
    ([$($library:tt)*] [$($skipped:tt)*] [$($generics:tt)*] [$($target:tt)*] [$($bounds:tt)*] [$ty:ty] [$($form:tt)*]) => {
        $crate::__vthread_io_forward! { Write [$($generics)*] [&mut $ty] [$($bounds)*] self => &mut **self }
        $crate::__vthread_io_forward! { Write [$($generics)*] [::std::boxed::Box<$ty>] [$($bounds)*] self => &mut **self }
    };
}

/// The requirements of an `impl` of `Seek`.
#[doc(hidden)]
#[macro_export]
macro_rules! __vthread_io_gates_seek {
    (@method $name:ident {$($plain:tt)*} {$($own:tt)*} {$($io:tt)*}) => { $($io)* };
    ([$($library:tt)*] [$($skipped:tt)*] [$($generics:tt)*] [$($target:tt)*] [$($bounds:tt)*] [$ty:ty] [$($form:tt)*]) => {
        $crate::__vthread_io_forward! { Seek [$($generics)*] [&mut $ty] [$($bounds)*] self => &mut **self }
        $crate::__vthread_io_forward! { Seek [$($generics)*] [::std::boxed::Box<$ty>] [$($bounds)*] self => &mut **self }
    };
}

/// The requirements of an `impl` of `BufRead`.
#[doc(hidden)]
#[macro_export]
macro_rules! __vthread_io_gates_buf_read {
    // It waits for nothing.
    (@method consume {$($plain:tt)*} {$($own:tt)*} {$($io:tt)*}) => { $($plain)* };
    (@method $name:ident {$($plain:tt)*} {$($own:tt)*} {$($io:tt)*}) => { $($io)* };
    ([$($library:tt)*] [$($skipped:tt)*] [$($generics:tt)*] [$($target:tt)*] [$($bounds:tt)*] [$ty:ty] [$($form:tt)*]) => {
        $crate::__vthread_io_forward! { BufRead [$($generics)*] [&mut $ty] [$($bounds)*] self => &mut **self }
        $crate::__vthread_io_forward! { BufRead [$($generics)*] [::std::boxed::Box<$ty>] [$($bounds)*] self => &mut **self }
    };
}

pub use crate::{
    __vthread_io_gates_buf_read as BufRead, __vthread_io_gates_read as Read,
    __vthread_io_gates_seek as Seek, __vthread_io_gates_write as Write,
};
