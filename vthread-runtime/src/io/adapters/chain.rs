//! One source after another.

use crate::io::erased::IoFrame;
use crate::io::frames::ReadFrames;
use crate::io::in_place::in_place;
use crate::io::operations::{Filling, IoCall, Reading};
use crate::io::{BufRead, Read, Result};

/// A source, and after its end another one, returned by [`Read::chain`](crate::io::Read::chain).
#[derive(Debug)]
pub struct Chain<A, B> {
    first: A,
    second: B,
    is_in_second: bool,
}

impl<A, B> Chain<A, B> {
    pub(crate) fn of(first: A, second: B) -> Self {
        Chain {
            first,
            second,
            is_in_second: false,
        }
    }

    /// Returns the sources.
    pub fn into_inner(self) -> (A, B) {
        (self.first, self.second)
    }

    /// Returns the sources.
    pub fn get_ref(&self) -> (&A, &B) {
        (&self.first, &self.second)
    }

    /// Returns the sources.
    pub fn get_mut(&mut self) -> (&mut A, &mut B) {
        (&mut self.first, &mut self.second)
    }
}

impl<A: Read, B: Read> ReadFrames for Chain<A, B> {
    async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
        if !self.is_in_second {
            let n = in_place(self.first.read(&mut *buf)).await?;
            if n > 0 || buf.is_empty() {
                return Ok(n);
            }
            self.is_in_second = true;
        }
        in_place(self.second.read(buf)).await
    }
}

impl<A: BufRead, B: BufRead> Chain<A, B> {
    async fn fill(&mut self) -> Result<&[u8]> {
        if !self.is_in_second {
            self.is_in_second = in_place(self.first.fill_buf()).await?.is_empty();
        }
        if self.is_in_second {
            in_place(self.second.fill_buf()).await
        } else {
            // It is at hand.
            in_place(self.first.fill_buf()).await
        }
    }
}

impl<A: Read, B: Read> Read for Chain<A, B> {
    fn read<'a>(&'a mut self, buf: &'a mut [u8]) -> IoCall<'a, usize, Reading<'a>> {
        IoFrame::boxed(async move { self.read_frame(buf).await })
    }
}

impl<A: BufRead, B: BufRead> BufRead for Chain<A, B> {
    fn fill_buf<'a>(&'a mut self) -> IoCall<'a, &'a [u8], Filling<'a>> {
        IoFrame::boxed(self.fill())
    }

    fn consume(&mut self, n: usize) {
        if self.is_in_second {
            self.second.consume(n);
        } else {
            self.first.consume(n);
        }
    }
}
