//! What the system has in memory: looked up and read in place, where it says that it will not wait.
//!
//! A path is looked up by `openat2` with `RESOLVE_CACHED`, which fails where a directory would have
//! to be read from a disk or a server. A file is read by `preadv2` with `RWF_NOWAIT`, which fails,
//! or reads less, where a page would have to be. Whatever cannot be done so is left to a helper
//! thread. That costs a system call in vain where nothing is cached, and saves two changes of the
//! OS thread where it is.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// The largest file that is read whole in place: copying more would hold up other vthreads.
const MOST: usize = 256 * 1024;

/// How a path is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// To read the file.
    Reading,
    /// To know of the file, whatever it is.
    Knowing,
    /// The same, of a link itself.
    KnowingTheLink,
}

/// The file at `path`. None: that is for a helper to find out.
///
/// # Errors
/// What is certain: there is no such file, or no right to it.
pub(super) fn look_up(path: &Path, purpose: For) -> Option<io::Result<fs::File>> {
    system::look_up(path, purpose)
}

/// What the system knows of the file at `path`. None: that is for a helper to find out.
pub(super) fn metadata(path: &Path, purpose: For) -> Option<io::Result<fs::Metadata>> {
    match look_up(path, purpose)? {
        Ok(file) => file.metadata().ok().map(Ok),
        Err(error) => Some(Err(error)),
    }
}

#[cfg(test)]
thread_local! {
    /// How many bytes more are taken for being in memory: for the tests of what a helper does.
    pub(super) static IN_MEMORY: std::cell::Cell<usize> = const { std::cell::Cell::new(usize::MAX) };
}

/// How far a read in place has come.
#[derive(Debug)]
pub(super) enum InPlace {
    Over(io::Result<usize>),
    /// So many bytes are in the buffer. What follows is for a helper to read.
    Begun(usize),
}

/// Reads into `buf` at the cursor of a regular file: once, or until it is full or the file ends, as
/// a single read of std's does.
pub(super) fn read(mut file: &fs::File, buf: &mut [u8], fills: bool) -> InPlace {
    match in_place(file, buf, None, fills) {
        // Some systems say so where a page is missing. At the end of a file nothing is waited for.
        InPlace::Over(Ok(0)) if !buf.is_empty() => InPlace::Over(file.read(buf)),
        read => read,
    }
}

/// Reads into `buf` at `offset`, until it is full or the file ends.
#[cfg(unix)]
pub(super) fn read_at(file: &fs::File, buf: &mut [u8], offset: u64) -> InPlace {
    match in_place(file, buf, Some(offset), true) {
        InPlace::Over(Ok(0)) if !buf.is_empty() => InPlace::Begun(0),
        read => read,
    }
}

fn in_place(file: &fs::File, buf: &mut [u8], offset: Option<u64>, fills: bool) -> InPlace {
    let mut n_read = 0;
    loop {
        let here = offset.map(|offset| offset + n_read as u64);
        match read_once(file, &mut buf[n_read..], here) {
            None => return InPlace::Begun(n_read),
            Some(n) => {
                n_read += n;
                if n == 0 || n_read == buf.len() || !fills {
                    return InPlace::Over(Ok(n_read));
                }
            }
        }
    }
}

fn read_once(file: &fs::File, buf: &mut [u8], offset: Option<u64>) -> Option<usize> {
    #[cfg(test)]
    return tests::read_once(file, buf, offset);
    #[cfg(not(test))]
    system::read(file, buf, offset)
}

/// All of a regular file that has just been opened, if it is small and in memory. The bytes that
/// were read, and whether these are all.
pub(super) fn read_whole(file: &fs::File, size: u64) -> (Vec<u8>, bool) {
    let Some(size) = usize::try_from(size).ok().filter(|size| *size <= MOST) else {
        return (Vec::new(), false);
    };
    // One more, to find the end.
    let mut bytes = vec![0; size + 1];
    let mut n_read = 0;
    loop {
        match system::read(file, &mut bytes[n_read..], None) {
            Some(0) => break,
            Some(n) => n_read += n,
            None => {
                bytes.truncate(n_read);
                return (bytes, false);
            }
        }
        if n_read == bytes.len() {
            // It has grown.
            return (bytes, false);
        }
    }
    bytes.truncate(n_read);
    // A size of zero is that of files which are made up as they are read.
    (bytes, n_read == size && size > 0)
}

#[cfg(target_os = "linux")]
mod system {
    use super::*;
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
    use rustix::io::{Errno, ReadWriteFlags, preadv2};
    use std::sync::atomic::{AtomicBool, Ordering};

    /// The system does not know the call, or does not let us make it.
    static IS_UNKNOWN: AtomicBool = AtomicBool::new(false);

    pub(super) fn look_up(path: &Path, purpose: For) -> Option<io::Result<fs::File>> {
        if IS_UNKNOWN.load(Ordering::Relaxed) {
            return None;
        }
        let how = match purpose {
            For::Reading => OFlags::RDONLY | OFlags::NONBLOCK,
            For::Knowing => OFlags::PATH,
            For::KnowingTheLink => OFlags::PATH | OFlags::NOFOLLOW,
        };
        let how = how | OFlags::CLOEXEC;
        match openat2(CWD, path, how, Mode::empty(), ResolveFlags::CACHED) {
            Ok(fd) => Some(Ok(fd.into())),
            Err(error @ (Errno::NOENT | Errno::NOTDIR | Errno::ACCESS)) => Some(Err(error.into())),
            Err(Errno::NOSYS | Errno::INVAL) => {
                IS_UNKNOWN.store(true, Ordering::Relaxed);
                None
            }
            Err(_) => None,
        }
    }

    pub(super) fn read(file: &fs::File, buf: &mut [u8], offset: Option<u64>) -> Option<usize> {
        // At the cursor.
        let offset = offset.unwrap_or(u64::MAX);
        let mut bufs = [io::IoSliceMut::new(buf)];
        preadv2(file, &mut bufs, offset, ReadWriteFlags::NOWAIT).ok()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::*;

    pub(super) fn look_up(_: &Path, _: For) -> Option<io::Result<fs::File>> {
        None
    }

    pub(super) fn read(_: &fs::File, _: &mut [u8], _: Option<u64>) -> Option<usize> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "linux")]
    use std::io::Write;

    /// With no more than [`IN_MEMORY`].
    pub(super) fn read_once(file: &fs::File, buf: &mut [u8], offset: Option<u64>) -> Option<usize> {
        let n = buf.len().min(IN_MEMORY.get());
        if n < buf.len() && n == 0 {
            return None;
        }
        let n = system::read(file, &mut buf[..n], offset)?;
        IN_MEMORY.set(IN_MEMORY.get() - n);
        Some(n)
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_was_just_written_is_in_memory() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::File::create(&path)
            .unwrap()
            .write_all(&[7; 10_000])
            .unwrap();
        let missing = look_up(&directory.path().join("none"), For::Reading);
        if let Some(missing) = missing {
            assert_eq!(missing.unwrap_err().kind(), io::ErrorKind::NotFound);
        }
        let Some(file) = look_up(&path, For::Reading) else {
            // An old system, or one that forgets at once.
            return;
        };
        let file = file.unwrap();
        let (bytes, is_whole) = read_whole(&file, 10_000);
        if is_whole {
            assert!(bytes == [7; 10_000]);
        }
        let mut buf = [0; 64];
        if let InPlace::Over(read) = read_at(&file, &mut buf, 9_990) {
            assert_eq!((read.unwrap(), buf[0]), (10, 7));
        }
        assert_eq!(read_whole(&file, 1 << 40), (Vec::new(), false));
    }
}
