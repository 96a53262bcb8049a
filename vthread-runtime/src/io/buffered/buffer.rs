//! The bytes that a reader has read ahead.

/// Bytes that were read ahead, with room for more.
#[derive(Debug)]
pub(super) struct Buffer {
    /// None before the first read, then as many as the capacity, and more only while a longer line
    /// is read.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    capacity: usize,
}

impl Buffer {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Buffer {
            bytes: Vec::new(),
            start: 0,
            end: 0,
            capacity: capacity.max(1),
        }
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Room for more, behind what is unread.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.bytes.is_empty() {
            self.bytes = vec![0; self.capacity];
        }
        if self.end == self.bytes.len() {
            if self.start > 0 {
                self.bytes.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            } else {
                self.bytes.resize(self.bytes.len() * 2, 0);
            }
        }
        &mut self.bytes[self.end..]
    }

    /// `n` bytes of the room have been filled.
    pub(super) fn fill(&mut self, n: usize) {
        self.end += n;
    }

    /// `n` bytes have been read. The memory of a long line is freed.
    pub(super) fn consume(&mut self, n: usize) {
        self.start += n.min(self.end - self.start);
        if self.is_empty() {
            (self.start, self.end) = (0, 0);
            if self.bytes.len() > self.capacity {
                self.bytes.truncate(self.capacity);
                self.bytes.shrink_to_fit();
            }
        }
    }

    /// Goes back by so many bytes, if they are still there.
    pub(super) fn unconsume(&mut self, n: usize) -> bool {
        let is_there = n <= self.start;
        if is_there {
            self.start -= n;
        }
        is_there
    }

    pub(super) fn clear(&mut self) {
        self.consume(usize::MAX);
    }
}
