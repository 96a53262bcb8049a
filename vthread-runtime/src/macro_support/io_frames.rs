//! The frames of the methods of `vthread::io`, under the names of the methods.
#![allow(non_camel_case_types)]

use crate::io::IoFrame;
use crate::io::operations::{
    Filling, Flushing, Moving, Reading, ReadingExactly, ReadingOn, ReadingVectored, Seeking,
    Writing, WritingAll, WritingText, WritingVectored,
};

pub type read<'a> = IoFrame<'a, Reading<'a>>;
pub type read_vectored<'a, 'b> = IoFrame<'a, ReadingVectored<'a, 'b>>;
pub type read_exact<'a> = IoFrame<'a, ReadingExactly<'a>>;
pub type read_to_end<'a> = IoFrame<'a, ReadingOn>;
pub type read_to_string<'a> = IoFrame<'a, ReadingOn>;
pub type write<'a> = IoFrame<'a, Writing<'a>>;
pub type write_vectored<'a, 'b> = IoFrame<'a, WritingVectored<'a, 'b>>;
pub type write_all<'a> = IoFrame<'a, WritingAll<'a>>;
pub type write_fmt<'a> = IoFrame<'a, WritingText<'a>>;
pub type flush<'a> = IoFrame<'a, Flushing<'a>>;
pub type fill_buf<'a> = IoFrame<'a, Filling<'a>>;
pub type read_until<'a> = IoFrame<'a, ReadingOn>;
pub type skip_until<'a> = IoFrame<'a, ReadingOn>;
pub type read_line<'a> = IoFrame<'a, ReadingOn>;
pub type seek<'a> = IoFrame<'a, Seeking<'a>>;
pub type rewind<'a> = IoFrame<'a, Moving>;
pub type stream_position<'a> = IoFrame<'a, Seeking<'a>>;
pub type seek_relative<'a> = IoFrame<'a, Moving>;
