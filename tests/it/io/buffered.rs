//! Buffers, lines, copies: what std has, and what a cancellation leaves.

use std::time::Duration;
use vthread::io::{
    self, BufReader, BufWriter, DuplexStream, ErrorKind, InMemory, LineWriter, SeekFrom, duplex,
};
use vthread::prelude::*;
use vthread::time::sleep;

/// Reads a byte at a time, and suspends before each.
struct Slowly<R>(R);

#[vthread]
impl<R: Read> Read for Slowly<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        vthread::yield_now();
        let n = buf.len().min(1);
        self.0.read(&mut buf[..n])
    }
}

const TEXT: &str = "first\r\nsecond\n\nfourth, which is longer than the others\nlast";

#[vthread]
fn lines_of<R: Read>(source: R, capacity: usize) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    for line in BufReader::with_capacity(capacity, source).lines() {
        lines.push(line?);
    }
    Ok(lines)
}

#[test]
fn lines_are_those_of_std_whatever_the_buffer() -> io::Result<()> {
    let expected: Vec<_> = TEXT.lines().collect();
    for capacity in [1, 2, 3, 7, 100] {
        assert_eq!(lines_of(TEXT.as_bytes(), capacity)?, expected);
        assert_eq!(lines_of(Slowly(TEXT.as_bytes()), capacity)?, expected);
    }
    let plain: io::Result<Vec<_>> = BufReader::new(TEXT.as_bytes()).lines().collect();
    assert_eq!(plain?, expected);
    Ok(())
}

#[test]
fn parts_are_found_across_buffers() -> io::Result<()> {
    let mut reader = BufReader::with_capacity(4, &b"x,yz,longer than the buffer,end"[..]);
    let parts: io::Result<Vec<_>> = reader.by_ref().split(b',').collect();
    assert_eq!(
        parts?,
        [&b"x"[..], b"yz", b"longer than the buffer", b"end"]
    );
    assert_eq!((reader.capacity(), reader.buffer().len()), (4, 0));
    text_that_is_none()
}

#[vthread]
fn text_that_is_none() -> io::Result<()> {
    let mut reader = BufReader::with_capacity(4, Slowly(&b"a\xffb\nnext\n"[..]));
    let mut text = String::from("kept");
    let error = reader.read_line(&mut text).unwrap_err();
    assert_eq!(
        (error.kind(), text.as_str()),
        (ErrorKind::InvalidData, "kept")
    );
    reader.read_line(&mut text)?;
    assert_eq!(text, "keptnext\n");
    Ok(())
}

#[vthread]
fn line_by_line_with_no_patience(mut reader: BufReader<DuplexStream>) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    let mut given_up = 0;
    loop {
        let mut line = String::new();
        match timeout!(Duration::from_micros(200) => reader.read_line(&mut line)) {
            Ok(Ok(0)) => break,
            Ok(Ok(_)) => lines.push(line),
            Ok(Err(error)) => return Err(error),
            Err(_) => {
                assert_eq!(line, "", "a cancelled call has not happened");
                given_up += 1;
            }
        }
    }
    assert!(given_up > 10, "nothing was cancelled: {given_up}");
    Ok(lines)
}

/// A cancelled `read_line` loses nothing: the next one, into another string, has the whole line.
#[test]
fn a_cancelled_read_line_keeps_what_it_has() -> io::Result<()> {
    #[vthread(local)]
    fn run() -> io::Result<Vec<String>> {
        let (near, mut far) = duplex(8);
        let reader = BufReader::with_capacity(16, near);
        group! {
            let lines = spawn! { line_by_line_with_no_patience(reader)? };
            for n in 0..20 {
                let line = format!("line {n} é {}\n", "x".repeat(n));
                for byte in line.as_bytes() {
                    far.write_all(&[*byte])?;
                    if byte % 7 == 0 {
                        sleep(Duration::from_micros(500));
                    }
                }
            }
            drop(far);
            lines.join()
        }
    }
    let expected: Vec<_> = (0..20)
        .map(|n| format!("line {n} é {}\n", "x".repeat(n)))
        .collect();
    assert_eq!(run()?, expected);
    Ok(())
}

#[vthread]
fn seeks() -> io::Result<()> {
    let mut reader = BufReader::with_capacity(4, io::Cursor::new(b"0123456789".to_vec()));
    let mut two = [0; 2];
    reader.read_exact(&mut two)?;
    assert_eq!(reader.stream_position()?, 2);
    reader.seek_relative(1)?;
    reader.seek_relative(-2)?;
    assert_eq!(
        (reader.stream_position()?, reader.buffer()),
        (1, &b"123"[..])
    );
    reader.seek(SeekFrom::Current(5))?;
    reader.read_exact(&mut two)?;
    assert_eq!(&two, b"67");
    reader.rewind()?;
    reader.read_exact(&mut two)?;
    assert_eq!(&two, b"01");
    Ok(())
}

#[test]
fn a_buffered_file_is_where_it_seems_to_be() -> io::Result<()> {
    seeks()
}

/// Counts the writes, and takes three bytes at most.
#[derive(Debug, Default)]
struct Counting {
    bytes: Vec<u8>,
    n_writes: usize,
    n_flushes: usize,
}

#[vthread]
impl Write for Counting {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        vthread::yield_now();
        let n = buf.len().min(3);
        self.bytes.extend_from_slice(&buf[..n]);
        self.n_writes += 1;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.n_flushes += 1;
        Ok(())
    }
}

#[vthread]
fn writers() -> io::Result<()> {
    let mut writer = BufWriter::with_capacity(8, Counting::default());
    for n in 0..4 {
        write!(writer, "{n} ")?;
    }
    assert_eq!(
        (writer.get_ref().n_writes, writer.buffer()),
        (0, &b"0 1 2 3 "[..])
    );
    writer.write_all(b"x")?;
    assert_eq!((writer.get_ref().n_writes, writer.buffer()), (3, &b"x"[..]));
    writer.write_all(b"longer than it")?;
    writer.flush()?;
    assert_eq!(writer.get_ref().bytes, b"0 1 2 3 xlonger than it");
    assert_eq!((writer.get_ref().n_flushes, writer.buffer().len()), (1, 0));
    writer.write_all(b"!")?;
    let (sink, rest) = writer.into_parts();
    assert_eq!((sink.n_flushes, rest.as_slice()), (1, &b"!"[..]));
    let mut lines = LineWriter::new(sink);
    lines.write_all(b"a\nb")?;
    assert!(lines.get_ref().bytes.ends_with(b"a\n"));
    writeln!(lines)?;
    assert!(lines.get_ref().bytes.ends_with(b"a\nb\n"));
    lines.write_all(b"end")?;
    assert!(lines.into_inner()?.bytes.ends_with(b"b\nend"));
    Ok(())
}

#[test]
fn writers_give_much_at_once() -> io::Result<()> {
    writers()
}

#[vthread]
fn dropped_with_a_rest(stream: &mut DuplexStream) -> io::Result<()> {
    let mut writer = BufWriter::new(stream);
    writer.write_all(b"words")
}

#[vthread]
fn cancelled_with_a_rest(stream: DuplexStream) {
    let result = timeout!(Duration::from_millis(1) => {
        let mut writer = BufWriter::new(stream);
        writer.write_all(b"much more than there is room for").unwrap();
        sleep(Duration::from_secs(3600));
    });
    assert!(result.is_err());
}

#[vthread::test(virtual_time)] // The time limit is over when the writer sleeps.
fn what_a_writer_holds_is_written_when_it_goes() -> io::Result<()> {
    let (mut near, mut far) = duplex(64);
    dropped_with_a_rest(&mut near)?;
    drop(near);
    let mut text = String::new();
    far.read_to_string(&mut text)?;
    assert_eq!(text, "words");
    // A peer that does not read holds nothing up.
    let (near, mut far) = duplex(4);
    cancelled_with_a_rest(near);
    text.clear();
    far.read_to_string(&mut text)?;
    assert_eq!(text, "much");
    Ok(())
}

#[vthread]
fn copies() -> io::Result<()> {
    let long = "abc".repeat(10_000);
    let (mut near, far) = duplex(100);
    let copied = group! {
        let copied = spawn! {
            let mut far = far;
            let mut sink = Vec::new();
            let n = io::copy(&mut far, &mut sink)?;
            assert_eq!(n, sink.len() as u64);
            sink
        };
        near.write_all(long.as_bytes())?;
        near.shutdown()?;
        copied.join()
    }?;
    assert_eq!(copied, long.as_bytes());
    assert_eq!(io::copy(&mut io::repeat(1).take(10), &mut io::sink())?, 10);
    assert_eq!(io::read_to_string(io::empty().chain(&b"x"[..]))?, "x");
    let mut queue = InMemory(std::collections::VecDeque::new());
    queue.write_all(b"abc")?;
    assert_eq!(io::read_to_string(queue)?, "abc");
    Ok(())
}

#[test]
fn copies_go_through_small_pipes() -> io::Result<()> {
    copies()
}

#[vthread]
fn a_proxy() -> io::Result<(String, String)> {
    let ((mut client, mut left), (mut right, mut server)) = (duplex(7), duplex(5));
    group! {
        spawn! {
            let (there, back) = io::copy_bidirectional(&mut left, &mut right)?;
            assert_eq!((there, back), (1000, 13));
        }
        let answered = spawn! {
            let mut question = String::new();
            server.read_to_string(&mut question)?;
            // The client has ended its half; the other one is still there.
            write!(server, "{} has come", question.len())?;
            server.shutdown()?;
            question
        };
        client.write_all(&[b'q'; 1000])?;
        client.shutdown()?;
        let mut answer = String::new();
        client.read_to_string(&mut answer)?;
        Ok((answer, answered.join()))
    }
}

#[test]
fn a_proxy_keeps_half_closed_connections() -> io::Result<()> {
    let (answer, question) = a_proxy()?;
    assert_eq!((answer.as_str(), question.len()), ("1000 has come", 1000));
    Ok(())
}
