//! A stream by reference.

use crate::io::{BufRead, Read, Seek, Write};

/// A stream by reference: what [`Read::by_ref`](crate::io::Read::by_ref) and
/// [`Write::by_ref`](crate::io::Write::by_ref) give.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::io::Read;
///
/// let mut source: &[u8] = b"onetwo";
/// let mut first = String::new();
/// // In #[vthread] code without the .block()
/// source.by_ref().take(3).read_to_string(&mut first).block()?;
/// assert_eq!((first.as_str(), source), ("one", &b"two"[..]));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ByRef<'s, S> {
    stream: &'s mut S,
}

impl<'s, S> ByRef<'s, S> {
    pub(crate) fn of(stream: &'s mut S) -> Self {
        ByRef { stream }
    }
}

crate::__vthread_io_forward! { Read [<S: Read>] [ByRef<'_, S>] [] self => &mut *self.stream }
crate::__vthread_io_forward! { Write [<S: Write>] [ByRef<'_, S>] [] self => &mut *self.stream }
crate::__vthread_io_forward! { Seek [<S: Seek>] [ByRef<'_, S>] [] self => &mut *self.stream }
crate::__vthread_io_forward! { BufRead [<S: BufRead>] [ByRef<'_, S>] [] self => &mut *self.stream }
