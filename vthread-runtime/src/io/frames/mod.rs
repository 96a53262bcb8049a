//! The frames of the library's own streams, of types that the compiler knows: their inherent
//! methods and the methods of the traits are both made of these.

pub(crate) mod buf_read;
pub(crate) mod read;
pub(crate) mod seek;
pub(crate) mod write;

pub(crate) use buf_read::BufReadFrames;
pub(crate) use read::ReadFrames;
pub(crate) use seek::SeekFrames;
pub(crate) use write::WriteFrames;

/// Makes the traits of a type that has the frames: `io_by_frames!([R: Read] BufReader<R>: Read);`.
macro_rules! io_by_frames {
    ($generics:tt $ty:ty: $($of:ident)*) => {
        $($crate::io::frames::io_by_frames! { @$of $generics [$ty] })*
    };
    (@Read [$($generics:tt)*] [$ty:ty]) => {
        impl<$($generics)*> $crate::io::Read for $ty {
            $crate::io::frames::io_by_frames! { @methods ReadFrames
                read read_frame(buf: &'a mut [u8]) -> usize, Reading<'a>;
                read_vectored read_vectored_frame<'b>(bufs: &'a mut [$crate::io::IoSliceMut<'b>])
                    -> usize, ReadingVectored<'a, 'b>;
                read_exact read_exact_frame(buf: &'a mut [u8]) -> (), ReadingExactly<'a>;
                read_to_end read_to_end_frame(buf: &'a mut Vec<u8>) -> usize, ReadingOn;
                read_to_string read_to_string_frame(buf: &'a mut String) -> usize, ReadingOn;
            }
        }
    };
    (@Write [$($generics:tt)*] [$ty:ty]) => {
        impl<$($generics)*> $crate::io::Write for $ty {
            $crate::io::frames::io_by_frames! { @methods WriteFrames
                write write_frame(buf: &'a [u8]) -> usize, Writing<'a>;
                write_vectored write_vectored_frame<'b>(bufs: &'a [$crate::io::IoSlice<'b>])
                    -> usize, WritingVectored<'a, 'b>;
                write_all write_all_frame(buf: &'a [u8]) -> (), WritingAll<'a>;
                flush flush_frame() -> (), Flushing<'a>;
            }
        }
    };
    (@Seek [$($generics:tt)*] [$ty:ty]) => {
        impl<$($generics)*> $crate::io::Seek for $ty {
            $crate::io::frames::io_by_frames! { @methods SeekFrames
                seek seek_frame(position: $crate::io::SeekFrom) -> u64, Seeking<'a>;
                rewind rewind_frame() -> (), Moving;
                stream_position stream_position_frame() -> u64, Seeking<'a>;
                seek_relative seek_relative_frame(offset: i64) -> (), Moving;
            }
        }
    };
    (@methods $frames:ident
        $($name:ident $frame:ident $(<$v:lifetime>)? ($($argument:ident: $ty:ty),*)
            -> $output:ty, $operation:ident $(<$($l:lifetime),*>)?;)*
    ) => {
        $(fn $name<'a $(, $v)?>(
            &'a mut self,
            $($argument: $ty),*
        ) -> $crate::io::operations::IoCall<'a, $output, $crate::io::operations::$operation $(<$($l),*>)?> {
            $crate::io::IoFrame::boxed(async move {
                $crate::io::frames::$frames::$frame(self, $($argument),*).await
            })
        })*
    };
}
pub(crate) use io_by_frames;
