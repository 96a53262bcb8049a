//! The traits of `io`: as bounds, as `dyn`, implemented by users, through references and boxes.

use std::io::{IoSlice, IoSliceMut};
use std::time::Duration;
use vthread::io;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::time::sleep;

/// A source that suspends before each of its few bytes.
struct Mine {
    left: u8,
}
#[vthread]
impl Read for Mine {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        sleep(Duration::from_millis(1));
        if self.left == 0 || buf.is_empty() {
            return Ok(0);
        }
        self.left -= 1;
        buf[0] = b'a' + self.left;
        Ok(1)
    }
}
struct Upper<W> {
    inner: W,
    n: usize,
}
#[vthread]
impl<W: Write> Write for Upper<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let up = buf.to_ascii_uppercase();
        let n = self.inner.write(&up)?;
        self.n += n;
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
struct Buffered {
    data: Vec<u8>,
    at: usize,
}
#[vthread]
impl io::Read for Buffered {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let n = available.len().min(buf.len());
        buf[..n].copy_from_slice(&available[..n]);
        self.consume(n);
        Ok(n)
    }
}
#[vthread]
impl io::BufRead for Buffered {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        vthread::yield_now();
        Ok(&self.data[self.at..])
    }
    fn consume(&mut self, amt: usize) {
        self.at += amt;
    }
}

#[vthread]
fn copy<R: Read + ?Sized, W: Write + ?Sized>(from: &mut R, to: &mut W) -> io::Result<u64> {
    let mut buf = [0; 16];
    let mut total = 0;
    loop {
        let n = from.read(&mut buf)?;
        if n == 0 {
            to.flush()?;
            return Ok(total);
        }
        to.write_all(&buf[..n])?;
        total += n as u64;
    }
}
#[vthread]
fn in_a_bound(s: &mut impl Read) -> io::Result<String> {
    let mut t = String::new();
    let mut first = [0; 1];
    s.read_exact(&mut first)?;
    s.by_ref().take(100).read_to_string(&mut t)?;
    Ok(format!("{}{t}", first[0] as char))
}
#[vthread]
fn by_reference(s: &mut dyn Read) -> io::Result<String> {
    let mut t = String::new();
    s.read_to_string(&mut t)?;
    Ok(t)
}
#[vthread]
fn in_a_box(mut s: Box<dyn Read>) -> io::Result<String> {
    let mut t = String::new();
    s.read_to_string(&mut t)?;
    Ok(t)
}
trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}
#[vthread]
fn both(s: &mut dyn Stream) -> io::Result<String> {
    writeln!(s, "hi {}", 1)?;
    s.flush()?;
    let mut b = [0; 5];
    s.read_exact(&mut b)?;
    Ok(String::from_utf8_lossy(&b).into_owned())
}
#[vthread]
fn takes(mut r: impl Read, mut w: impl Write) -> io::Result<()> {
    let mut v = Vec::new();
    r.read_to_end(&mut v)?;
    w.write_all(&v)
}
#[vthread]
fn lines(r: impl BufRead) -> io::Result<Vec<String>> {
    let mut all = vec![];
    for line in r.lines() {
        all.push(line?);
    }
    Ok(all)
}

#[vthread]
fn users_source() -> io::Result<()> {
    assert_eq!(in_a_bound(&mut Mine { left: 5 })?, "edcba");
    assert_eq!(by_reference(&mut Mine { left: 5 })?, "edcba");
    assert_eq!(in_a_box(Box::new(Mine { left: 5 }))?, "edcba");
    assert_eq!(in_a_bound(&mut Box::new(Mine { left: 2 }))?, "ba");
    let mut reference = &mut Mine { left: 2 };
    assert_eq!(in_a_bound(&mut reference)?, "ba");
    let mut dynamic: Box<dyn Read> = Box::new(Mine { left: 2 });
    assert_eq!(in_a_bound(&mut dynamic)?, "ba");
    let mut end = [0; 2];
    let error = Mine { left: 1 }.read_exact(&mut end).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    Ok(())
}

#[test]
fn a_users_source_is_one_in_every_way() -> io::Result<()> {
    users_source()
}

#[vthread]
fn users_sink() -> io::Result<()> {
    let mut out = Upper {
        inner: Vec::new(),
        n: 0,
    };
    takes(&mut Mine { left: 3 }, &mut out)?;
    takes(Box::new(Mine { left: 3 }), &mut out)?;
    writeln!(out, "x{}", 1)?;
    assert_eq!(copy(&mut Mine { left: 3 }, &mut out)?, 3);
    let n = out.write_vectored(&[IoSlice::new(b""), IoSlice::new(b"v"), IoSlice::new(b"w")])?;
    assert_eq!(n, 1);
    let mut boxed: Box<dyn Write + Send + Sync> = Box::new(out);
    writeln!(boxed, "end")?;
    writeln!(&mut *boxed, "{}", 2)
}

#[test]
fn a_users_sink_is_one_in_every_way() -> io::Result<()> {
    users_sink()
}

#[vthread]
fn users_buffer() -> io::Result<()> {
    let source = |text: &str| Buffered {
        data: text.into(),
        at: 0,
    };
    assert_eq!(lines(source("one\ntwo\r\nthree"))?, ["one", "two", "three"]);
    assert_eq!(lines(&b"a\nb"[..])?, ["a", "b"]);
    let boxed: Box<dyn io::BufRead> = Box::new(source("x\n\ny"));
    assert_eq!(lines(boxed)?, ["x", "", "y"]);
    let mut parts = source("a,b,,c");
    let mut first = Vec::new();
    assert_eq!(parts.read_until(b',', &mut first)?, 2);
    assert_eq!(parts.skip_until(b',')?, 2);
    let mut rest = Vec::new();
    for part in parts.by_ref().split(b',') {
        rest.push(String::from_utf8(part?).unwrap());
    }
    assert_eq!(
        (first, rest),
        (b"a,".to_vec(), vec![String::new(), "c".into()])
    );
    Ok(())
}

#[test]
fn a_users_buffered_source_is_one_in_every_way() -> io::Result<()> {
    users_buffer()
}

#[vthread]
fn sockets() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    server.write_all(b"hello")?;
    assert_eq!(both(&mut client)?, "hello");
    drop(client);
    assert_eq!(by_reference(&mut server)?, "hi 1\n");
    takes(&server, &mut Vec::new())?;
    takes(&mut server, io::InMemory(io::Cursor::new(Vec::new())))?;
    let mut dynamic: Box<dyn Stream> = Box::new(server);
    assert_eq!(dynamic.read(&mut [0])?, 0);
    assert_eq!(by_reference(&mut *dynamic)?, "");
    Ok(())
}

#[test]
fn a_socket_is_one_in_every_way() -> io::Result<()> {
    sockets()
}

#[vthread]
fn adapted<R: Read>(source: &mut R) -> io::Result<(String, Vec<u8>)> {
    let mut text = String::new();
    let mut both = source.by_ref().take(2).chain(&b"|"[..]);
    both.read_to_string(&mut text)?;
    let mut bytes = Vec::new();
    for byte in source.by_ref().bytes() {
        bytes.push(byte?);
    }
    Ok((text, bytes))
}

#[vthread]
fn adapters() -> io::Result<()> {
    assert_eq!(
        adapted(&mut Mine { left: 5 })?,
        ("ed|".into(), b"cba".to_vec())
    );
    Ok(())
}

#[test]
fn adapters_are_sources() -> io::Result<()> {
    adapters()
}

/// Read and written through a reference, as a socket is.
#[derive(Default)]
struct Shared {
    bytes: std::sync::Mutex<Vec<u8>>,
}
#[vthread]
impl Read for &Shared {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut bytes = self.bytes.lock().unwrap();
        let n = buf.len().min(bytes.len());
        buf[..n].copy_from_slice(&bytes[..n]);
        bytes.drain(..n);
        Ok(n)
    }
    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        // The last: so a test sees that this is called.
        self.read(bufs.last_mut().expect("a buffer"))
    }
}
#[vthread]
impl Write for &Shared {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.bytes.lock().unwrap().extend_from_slice(buf);
        Ok(buf.len())
    }
    fn write_vectored<'b>(&mut self, bufs: &[IoSlice<'b>]) -> io::Result<usize> {
        let mut n = 0;
        for buf in bufs {
            n += self.write(buf)?;
        }
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
#[vthread]
impl Read for Shared {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buf)
    }
    fn read_vectored<'b>(&mut self, bufs: &mut [IoSliceMut<'b>]) -> io::Result<usize> {
        (&*self).read_vectored(bufs)
    }
}

#[vthread]
fn through_vectors(mut reader: impl Read, mut writer: impl Write) -> io::Result<()> {
    let n = writer.write_vectored(&[IoSlice::new(b"ab"), IoSlice::new(b"cde")])?;
    assert_eq!(n, 5, "both, and not the first alone");
    let (mut first, mut last) = ([0; 2], [0; 3]);
    let n = reader.read_vectored(&mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut last)])?;
    assert_eq!((n, first, &last), (3, [0; 2], b"abc"));
    let mut rest = String::new();
    reader.read_to_string(&mut rest)?;
    assert_eq!(rest, "de");
    Ok(())
}

#[vthread]
fn first_byte(mut reader: impl Read) -> io::Result<u8> {
    let mut byte = [0];
    reader.read_vectored(&mut [IoSliceMut::new(&mut byte)])?;
    Ok(byte[0])
}

#[vthread::test]
fn implemented_for_a_type_and_for_references_to_it() -> io::Result<()> {
    let mut shared = Shared::default();
    through_vectors(&shared, &shared)?;
    through_vectors(&mut &shared, Box::new(&shared))?;
    (&shared).write_all(b"xyz")?;
    assert_eq!(first_byte(&shared)?, b'x');
    assert_eq!(first_byte(&mut shared)?, b'y');
    assert_eq!(first_byte(Box::new(shared))?, b'z');
    Ok(())
}

/// A trait of the user's own that is named like one of the library's keeps the frames of its own
/// types.
mod of_the_same_name {
    use vthread::prelude::vthread;

    #[vthread]
    trait Read {
        fn read(&mut self, key: &str) -> usize;
    }

    struct Store;

    #[vthread]
    impl Read for Store {
        fn read(&mut self, key: &str) -> usize {
            vthread::yield_now();
            key.len()
        }
    }

    #[vthread]
    fn reads(store: &mut impl Read) -> usize {
        store.read("key")
    }

    #[test]
    fn a_users_trait_of_the_same_name() {
        assert_eq!(reads(&mut Store), 3);
    }
}
