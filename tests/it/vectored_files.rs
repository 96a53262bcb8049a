//! Files: several buffers in one operation, and descriptors as numbers.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::IntoRawFd;
use std::path::Path;
use vthread::fs::{File, OpenOptions};
use vthread::prelude::*;

#[vthread]
fn parts(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .open(path)?;
    let slices = [
        IoSlice::new(b"one "),
        IoSlice::new(b""),
        IoSlice::new(b"two "),
        IoSlice::new(b"three"),
    ];
    assert_eq!(file.write_vectored(&slices)?, 13);
    file.rewind()?;
    let (mut first, mut second, mut rest) = ([0; 5], [0; 3], [0; 10]);
    let mut bufs = [
        IoSliceMut::new(&mut first),
        IoSliceMut::new(&mut second),
        IoSliceMut::new(&mut rest),
    ];
    assert_eq!(file.read_vectored(&mut bufs)?, 13);
    assert_eq!(
        (&first, &second, &rest[..5]),
        (b"one t", b"wo ", b"three".as_slice())
    );
    assert_eq!(file.read_vectored(&mut [IoSliceMut::new(&mut [0; 4])])?, 0);
    // Through a shared reference there is the same cursor.
    let mut shared = &file;
    shared.seek(io::SeekFrom::Start(4))?;
    let (mut word, mut last) = ([0; 3], [0; 1]);
    let mut bufs = [IoSliceMut::new(&mut word), IoSliceMut::new(&mut last)];
    assert_eq!(shared.read_vectored(&mut bufs)?, 4);
    assert_eq!(&word, b"two");
    assert_eq!(file.stream_position()?, 8);
    Ok(())
}

/// More than the helper takes at a time: a part is written, as the system may do.
#[vthread]
fn much(path: &Path) -> io::Result<(usize, u64)> {
    let mut file = File::create(path)?;
    let large = vec![7; 3 << 20];
    let n = file.write_vectored(&[IoSlice::new(&large), IoSlice::new(&large)])?;
    Ok((n, file.metadata()?.len()))
}

#[test]
fn several_buffers_are_one_operation() -> io::Result<()> {
    let directory = tempfile::tempdir()?;
    parts(&directory.path().join("parts"))?;
    let (n, len) = much(&directory.path().join("much"))?;
    assert!(n > 0 && n as u64 == len);
    Ok(())
}

#[vthread]
fn by_number(path: &Path) -> io::Result<String> {
    let mut file = File::create_new(path)?;
    file.write_all(b"written")?;
    let number = file.into_raw_fd();
    // It is open under its number, of which this is another handle.
    let file = File::open(format!("/proc/self/fd/{number}"))?;
    assert_eq!(file.metadata()?.len(), 7);
    drop(file);
    vthread::fs::read_to_string(path)
}

#[test]
fn a_descriptor_outlives_its_file() -> io::Result<()> {
    let directory = tempfile::tempdir()?;
    assert_eq!(by_number(&directory.path().join("file"))?, "written");
    Ok(())
}
