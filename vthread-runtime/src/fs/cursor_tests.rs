//! Abandoned operations, polled by hand.

use super::super::cached::IN_MEMORY;
use super::*;
use crate::task::call::Call;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

struct Place {
    _directory: tempfile::TempDir,
    path: std::path::PathBuf,
    cursor: Cursor,
}

/// A cursor at the beginning of these bytes, which helpers read.
fn cursor(bytes: &[u8]) -> Place {
    IN_MEMORY.set(0);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    fs::write(&path, bytes).unwrap();
    let file = fs::File::options().read(true).write(true).open(&path);
    Place {
        cursor: Cursor::new(Arc::new(file.unwrap())),
        path,
        _directory: directory,
    }
}

/// Begins an operation, and goes away.
fn leave_alone(frame: impl Future) {
    let mut frame: Pin<&mut _> = pin!(frame);
    let mut cx = Context::from_waker(Waker::noop());
    assert!(frame.as_mut().poll(&mut cx).is_pending());
}

fn wait<F: Future>(frame: F) -> F::Output {
    Call::leaf(frame).block()
}

fn read(cursor: &mut Cursor, n: usize) -> Vec<u8> {
    let mut buf = vec![0; n];
    let n = wait(cursor.read(&mut buf, false)).unwrap();
    buf.truncate(n);
    buf
}

#[test]
fn the_next_reads_get_what_was_read() {
    let mut place = cursor(b"0123456789");
    leave_alone(place.cursor.read(&mut [0; 6], false));
    assert_eq!(read(&mut place.cursor, 4), b"0123");
    assert_eq!(read(&mut place.cursor, 4), b"45");
    leave_alone(place.cursor.read(&mut [0; 2], false));
    assert_eq!(read(&mut place.cursor, 9), b"67");
    assert_eq!(read(&mut place.cursor, 9), b"89");
    assert_eq!(read(&mut place.cursor, 9), b"");
}

#[test]
fn the_end_is_looked_for_anew() {
    let mut place = cursor(b"");
    leave_alone(place.cursor.read(&mut [0; 6], false));
    wait(place.cursor.flush()).unwrap();
    fs::write(&place.path, b"late").unwrap();
    assert_eq!(read(&mut place.cursor, 6), b"late");
}

#[test]
fn a_seek_starts_where_the_reader_is() {
    let mut place = cursor(b"0123456789");
    leave_alone(place.cursor.read(&mut [0; 6], false));
    assert_eq!(read(&mut place.cursor, 2), b"01");
    let position = wait(place.cursor.seek(SeekFrom::Current(1)));
    assert_eq!(position.unwrap(), 3);
    assert_eq!(read(&mut place.cursor, 2), b"34");
}

#[test]
fn a_write_goes_where_the_reader_is() {
    let mut place = cursor(b"0123456789");
    leave_alone(place.cursor.read(&mut [0; 6], false));
    assert_eq!(read(&mut place.cursor, 2), b"01");
    assert_eq!(wait(place.cursor.write(b"xyz")).unwrap(), 3);
    assert_eq!(read(&mut place.cursor, 9), b"56789");
    assert_eq!(fs::read(&place.path).unwrap(), b"01xyz56789");
}

#[test]
fn a_write_that_was_left_alone_is_over_before_the_next_operation() {
    let mut place = cursor(b"");
    for i in 0..100_u8 {
        leave_alone(place.cursor.write(&[i; 3]));
    }
    wait(place.cursor.flush()).unwrap();
    let written = fs::read(&place.path).unwrap();
    // Those that were abandoned while they waited for the one before have not begun.
    assert!(written.starts_with(&[0; 3]) && written.len().is_multiple_of(3));
    assert!(written.is_sorted(), "they come in their order");
}

#[test]
fn a_write_owns_its_bytes() {
    let mut place = cursor(b"");
    let mut bytes = vec![1; 10_000];
    leave_alone(place.cursor.write(&bytes));
    bytes.fill(2);
    drop(bytes);
    wait(place.cursor.flush()).unwrap();
    assert_eq!(fs::read(&place.path).unwrap(), [1; 10_000]);
}

/// So much is read in place.
fn has_in_memory(n: usize) {
    IN_MEMORY.set(n);
}

#[test]
fn a_read_fills_its_buffer_where_a_part_is_not_in_memory() {
    let mut place = cursor(b"0123456789");
    has_in_memory(3);
    assert_eq!(read(&mut place.cursor, 8), b"01234567");
    assert_eq!(read(&mut place.cursor, 8), b"89");
    assert_eq!(read(&mut place.cursor, 8), b"");
}

#[test]
fn a_large_read_fills_its_buffer() {
    let bytes: Vec<u8> = (0..MOST * 5 / 2).map(|i| (i % 251) as u8).collect();
    let mut place = cursor(&bytes);
    assert!(read(&mut place.cursor, bytes.len() + 1) == bytes);
    let mut place = cursor(&bytes);
    has_in_memory(usize::MAX);
    assert!(read(&mut place.cursor, bytes.len() + 1) == bytes);
}

#[test]
fn a_read_that_is_left_alone_in_the_middle_loses_nothing() {
    let mut place = cursor(b"0123456789");
    has_in_memory(3);
    leave_alone(place.cursor.read(&mut [0; 8], false));
    assert_eq!(read(&mut place.cursor, 2), b"01");
    assert_eq!(wait(place.cursor.seek(SeekFrom::Current(1))).unwrap(), 3);
    assert_eq!(read(&mut place.cursor, 9), b"3456789");
}

#[test]
fn a_read_of_a_shared_cursor_is_in_one_piece() {
    let mut place = cursor(b"0123456789");
    has_in_memory(3);
    let mut buf = [0; 8];
    assert_eq!(wait(place.cursor.read(&mut buf, true)).unwrap(), 3);
    assert_eq!(wait(place.cursor.read(&mut buf[3..], true)).unwrap(), 5);
    assert_eq!(&buf, b"01234567");
}
