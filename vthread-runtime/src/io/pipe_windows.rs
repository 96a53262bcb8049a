//! Pipes of the system.

use super::Result;
use super::by_helper::ByHelper;
use super::pipe_end::pipe_end;
use std::fs::File;
use std::os::windows::io::AsHandle;

/// A pipe of the system: bytes written to one end are read from the other. As [`std::io::pipe`].
///
/// For vthreads of one program [`duplex`](super::duplex) and channels cost less: a pipe is for
/// other processes.
///
/// # Errors
/// The system has no more handles.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// let (mut reader, mut writer) = vthread::io::pipe()?;
/// writer.write_all(b"words").block()?; // In #[vthread] code without the .block()
/// drop(writer);
/// let mut text = String::new();
/// reader.read_to_string(&mut text).block()?;
/// assert_eq!(text, "words");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn pipe() -> Result<(PipeReader, PipeWriter)> {
    let (reader, writer) = std::io::pipe()?;
    Ok((PipeReader::of_ours(reader)?, PipeWriter::of_ours(writer)?))
}

/// The end of a pipe that is read. See [`pipe`].
///
/// # Cancellation
/// A cancelled read loses nothing: the next read gets its bytes.
pub struct PipeReader {
    stream: ByHelper<File>,
}

/// The end of a pipe that is written to. See [`pipe`].
///
/// # Cancellation
/// A cancelled write may still take effect, or not.
pub struct PipeWriter {
    stream: ByHelper<File>,
}

/// The items of both ends.
macro_rules! end {
    ($ty:ident, $std:ty: $of:ident) => {
        pipe_end!($ty, $std: $of);

        impl $ty {
            /// Returns another handle of the same end.
            ///
            /// # Errors
            /// The system has no more handles.
            pub fn try_clone(&self) -> Result<Self> {
                $ty::try_from(self.as_handle().try_clone_to_owned()?)
            }

            /// The same as std's.
            ///
            /// # Errors
            /// An operation is under way that a cancelled vthread has left alone, and the system
            /// has no more handles.
            pub fn into_std(self) -> Result<$std> {
                self.into_handle().map(<$std>::from)
            }
        }
    };
}

end!(PipeReader, std::io::PipeReader: Read);
end!(PipeWriter, std::io::PipeWriter: Write);
