//! Servers that answer incorrectly, made of plain threads.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// No server waits longer than this for its client.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer whose content-length may be wrong.
pub(crate) fn answer(body: &str, content_length: usize) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {content_length}\r\n\r\n{body}")
}

/// A server that sends every client the same bytes and closes the connection.
pub(crate) fn serve(answer: String) -> SocketAddr {
    serve_with(move |stream| stream.write_all(answer.as_bytes()))
}

/// A server that begins a large answer and then only waits for its client to disconnect.
pub(crate) fn serve_endlessly() -> SocketAddr {
    serve_with(|stream| {
        stream.write_all(answer("a beginning", 1_000_000).as_bytes())?;
        stream.read(&mut [0]).map(drop)
    })
}

fn serve_with(
    respond: impl Fn(&mut TcpStream) -> std::io::Result<()> + Clone + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    // The thread ends with the process.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, respond) = (stream.expect("a client"), respond.clone());
            thread::spawn(move || {
                stream.set_read_timeout(Some(PATIENCE)).expect("a time");
                // Some tests are about a client that has disconnected.
                if read_request(&mut stream).is_ok() {
                    let _ = respond(&mut stream);
                }
            });
        }
    });
    address
}

/// Reads a request whole: closing a socket with unread bytes would reset the connection.
fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        request.extend(byte);
    }
    Ok(())
}
