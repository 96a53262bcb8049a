//! Methods of streams: they are inherent, so std's traits in scope do not take precedence.

#[allow(unused_imports)] // In scope without effect.
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::rc::Rc;
use vthread::net::{TcpListener, TcpStream};
use vthread::{Call, group, spawn, vthread};

/// Compiles for a call that does not run yet.
fn is_a_call<R, F>(call: Call<R, F>) {
    drop(call);
}

#[test]
fn t09_the_methods_of_streams_are_calls_beside_stds_traits() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").block()?;
    let mut stream = TcpStream::connect(listener.local_addr()?).block()?;
    is_a_call(stream.read(&mut [0]));
    is_a_call(stream.read_exact(&mut [0]));
    is_a_call(stream.read_to_end(&mut Vec::new()));
    is_a_call(stream.read_to_string(&mut String::new()));
    is_a_call(stream.write(b"a"));
    is_a_call(stream.write_all(b"a"));
    is_a_call(write!(stream, "{}", 1));
    is_a_call(stream.flush());
    let mut file = vthread::fs::File::open("Cargo.toml").block()?;
    is_a_call(file.seek(SeekFrom::Start(1)));
    is_a_call(file.rewind());
    is_a_call(file.stream_position());
    is_a_call(writeln!(file));
    Ok(())
}

#[vthread]
fn answer(mut stream: TcpStream, body: &str) -> io::Result<()> {
    // Formatted values need not be `Send`: they are dropped before the call is made.
    writeln!(stream, "length {}", Rc::new(body.len()))?;
    write!(stream, "{body}, ")?;
    let to_closure = |stream: &mut TcpStream| write!(stream, "from {}", "a closure");
    to_closure(&mut stream)?;
    stream.flush()
}

#[vthread]
fn ask(listener: &TcpListener) -> io::Result<String> {
    let mut text = String::new();
    group! {
        let server = listener.local_addr()?;
        spawn! {
            let (stream, _) = listener.accept()?;
            answer(stream, "hello")?;
        }
        let mut stream = TcpStream::connect(server)?;
        stream.read_to_string(&mut text)?;
    }?;
    Ok(text)
}

#[test]
fn t09_write_to_a_stream_suspends() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").block()?;
    assert_eq!(ask(&listener)?, "length 5\nhello, from a closure");
    Ok(())
}

#[vthread]
fn write_elsewhere() -> io::Result<(String, Vec<u8>)> {
    use std::fmt::Write as _;
    let (mut text, mut bytes) = (String::new(), Vec::new());
    write!(text, "{}", 1).map_err(io::Error::other)?;
    io::Write::write_all(&mut bytes, b"2")?;
    Ok((text, bytes))
}

#[test]
fn t09_write_to_a_string_stays_as_it_is() {
    assert_eq!(write_elsewhere().unwrap(), ("1".to_owned(), b"2".to_vec()));
}

/// What writes, behind a call, a guard and a question mark.
struct Holder {
    text: std::cell::RefCell<String>,
    bytes: vthread::io::Cursor<Vec<u8>>,
}

impl Holder {
    fn bytes(&mut self) -> io::Result<&mut vthread::io::Cursor<Vec<u8>>> {
        Ok(&mut self.bytes)
    }
}

#[vthread]
fn written_to_values() -> io::Result<(String, Vec<u8>)> {
    use std::fmt::Write as _;
    let mut holder = Holder {
        text: std::cell::RefCell::default(),
        bytes: vthread::io::Cursor::new(Vec::new()),
    };
    write!(holder.text.borrow_mut(), "{}", 1).map_err(io::Error::other)?;
    write!(holder.bytes()?, "{} ", 2)?;
    write!(vthread::io::sink(), "{}", 3)?;
    writeln!(std::io::sink(), "{}", 4)?;
    write!(vthread::io::BufWriter::new(holder.bytes()?), "{}", 5)?;
    vthread::yield_now();
    Ok((holder.text.into_inner(), holder.bytes.into_inner()))
}

#[test]
fn write_to_a_value_keeps_it_until_it_is_written() {
    let task = vthread::background! { written_to_values() };
    assert_eq!(task.join().block(), ("1".to_owned(), b"2 5".to_vec()));
}
