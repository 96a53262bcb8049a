//! The standard input.

use super::streams::Input;
use crate::io::frames::{ReadFrames, io_by_frames};
use crate::io::in_place::in_place;
use crate::io::inherent::inherent_io;
use crate::io::operations::{Filling, IoCall, ReadingOn};
use crate::io::{BufRead, BufReader, IoFrame, Lines, Result};
use crate::sync::{Mutex, MutexGuard};
use crate::task::call::{Call, Suspends, name_hash};
use std::fmt;
use std::future::Future;
use std::io::IsTerminal;
use std::sync::OnceLock;

/// The standard input, of which there is one buffer for the whole process. As [`std::io::stdin`].
///
/// std's has a buffer of its own: what one of them has read ahead, the other does not see.
///
/// # Examples
/// ```no_run
/// # use vthread_runtime as vthread;
/// use vthread::io::stdin;
///
/// // In #[vthread] code this suspends between the lines.
/// for line in stdin().lines() {
///     println!("{}", line?.len());
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn stdin() -> Stdin {
    Stdin(())
}

/// The standard input. See [`stdin`].
///
/// # Cancellation
/// The bytes read ahead stay for the next reader: a cancelled read, or `read_line`, has
/// not happened.
#[derive(Debug)]
pub struct Stdin(());

/// The standard input for one alone, from the first read on. See [`Stdin::lock`].
pub struct StdinLock<'a> {
    held: Option<MutexGuard<'a, BufReader<Input>>>,
}

fn shared() -> &'static Mutex<BufReader<Input>> {
    static STDIN: OnceLock<Mutex<BufReader<Input>>> = OnceLock::new();
    STDIN.get_or_init(|| Mutex::new(BufReader::new(Input::stdin())))
}

impl Stdin {
    /// The standard input for one alone: from the first read on, others wait until the lock goes.
    /// Does not wait itself.
    pub fn lock(&self) -> StdinLock<'static> {
        StdinLock { held: None }
    }

    /// Reads a line with its end, or what is left, appends it to `buf`, and returns the number of
    /// bytes.
    ///
    /// # Suspends
    /// Always a checkpoint, while there is another reader, and until the line has come.
    ///
    /// # Cancellation
    /// Cancelled means not read: the bytes of the line stay for the next reader.
    ///
    /// # Errors
    /// As [`BufRead::read_line`].
    pub fn read_line(
        &self,
        buf: &mut String,
    ) -> Call<Result<usize>, impl Future<Output = Result<usize>> + Send> {
        let mut lock = self.lock();
        Call::leaf(async move { in_place(lock.reader().await.read_line(buf)).await })
    }

    /// Returns the lines, without their ends: `for line in stdin().lines()` suspends.
    pub fn lines(self) -> Lines<StdinLock<'static>> {
        self.lock().lines()
    }

    /// Whether it is a terminal.
    pub fn is_terminal(&self) -> bool {
        std::io::stdin().is_terminal()
    }
}

#[diagnostic::do_not_recommend]
impl Suspends<{ name_hash("read_line") }> for Stdin {}

impl StdinLock<'_> {
    async fn reader(&mut self) -> &mut BufReader<Input> {
        if self.held.is_none() {
            self.held = Some(in_place(shared().lock()).await);
        }
        self.held.as_mut().expect("it is held")
    }

    async fn filled(&mut self) -> Result<&[u8]> {
        in_place(self.reader().await.fill_buf()).await
    }
}

impl ReadFrames for Stdin {
    async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.lock().read_frame(buf).await
    }
}

impl ReadFrames for &Stdin {
    async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.lock().read_frame(buf).await
    }
}

impl ReadFrames for StdinLock<'_> {
    async fn read_frame(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.reader().await.read_frame(buf).await
    }
}

io_by_frames!([] Stdin: Read);
io_by_frames!([] &Stdin: Read);
io_by_frames!(['l] StdinLock<'l>: Read);
inherent_io!(Stdin: Read);

impl BufRead for StdinLock<'_> {
    fn fill_buf<'a>(&'a mut self) -> IoCall<'a, &'a [u8], Filling<'a>> {
        IoFrame::boxed(self.filled())
    }

    fn consume(&mut self, n: usize) {
        if let Some(reader) = &mut self.held {
            reader.consume(n);
        }
    }

    fn read_until<'a>(
        &'a mut self,
        byte: u8,
        buf: &'a mut Vec<u8>,
    ) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(async move { in_place(self.reader().await.read_until(byte, buf)).await })
    }

    fn read_line<'a>(&'a mut self, buf: &'a mut String) -> IoCall<'a, usize, ReadingOn> {
        IoFrame::boxed(async move { in_place(self.reader().await.read_line(buf)).await })
    }
}

impl fmt::Debug for StdinLock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StdinLock").finish_non_exhaustive()
    }
}
