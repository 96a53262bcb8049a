//! One client: it asks, is answered, and leaves. It never waits, and has a time for each step.

use super::request::{self, Refusal, Request};
use super::response::Response;
use mio::net::TcpStream;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a client may take to ask.
const TO_ASK: Duration = Duration::from_secs(5);
/// How long it may take to read its answer, which may be some megabytes.
const TO_READ: Duration = Duration::from_secs(60);
/// How long it may take to close its side.
const TO_LEAVE: Duration = Duration::from_secs(1);
/// The most bytes that are read from a client that has its answer. Closed with bytes unread, the
/// connection would be reset, and the answer lost.
const MOST_AFTER: usize = 64 << 10;

#[derive(Debug)]
enum Phase {
    /// With the bytes so far.
    Asks(Vec<u8>),
    Reads {
        head: Vec<u8>,
        body: Arc<Vec<u8>>,
        n_sent: usize,
    },
    /// With the number of bytes after its request.
    Leaves(usize),
}

/// A client.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    phase: Phase,
    /// Then it is closed.
    pub(super) until: Instant,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        Connection {
            stream,
            phase: Phase::Asks(Vec::new()),
            until: Instant::now() + TO_ASK,
        }
    }

    pub(super) fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Goes on as far as possible without waiting. Returns whether the connection stays open.
    pub(super) fn go_on(
        &mut self,
        is_unprotected: bool,
        answer: &mut impl FnMut(&Request) -> Response,
    ) -> bool {
        loop {
            let is_done = match &mut self.phase {
                Phase::Asks(bytes) => match ask(&mut self.stream, bytes, is_unprotected) {
                    Ok(asked) => {
                        let (head, body) = answered(asked, answer);
                        let n_sent = 0;
                        self.enter(Phase::Reads { head, body, n_sent }, TO_READ);
                        Ok(())
                    }
                    Err(error) => Err(error),
                },
                Phase::Reads { head, body, n_sent } => {
                    match send(&mut self.stream, head, body, n_sent) {
                        Ok(()) => {
                            self.enter(Phase::Leaves(0), TO_LEAVE);
                            self.stream.shutdown(Shutdown::Write)
                        }
                        Err(error) => Err(error),
                    }
                }
                Phase::Leaves(n) => leave(&mut self.stream, n),
            };
            match is_done {
                Ok(()) => {}
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    fn enter(&mut self, phase: Phase, time: Duration) {
        self.phase = phase;
        self.until = Instant::now() + time;
    }
}

/// Reads until there is a request.
fn ask(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
    is_unprotected: bool,
) -> io::Result<Result<Request, Refusal>> {
    let mut piece = [0; 1 << 10];
    loop {
        if let Some(asked) = request::read(bytes, is_unprotected) {
            return Ok(asked);
        }
        let n = read(stream, &mut piece)?;
        bytes.extend_from_slice(&piece[..n]);
    }
}

fn answered(
    asked: Result<Request, Refusal>,
    answer: &mut impl FnMut(&Request) -> Response,
) -> (Vec<u8>, Arc<Vec<u8>>) {
    let is_head = asked.as_ref().is_ok_and(|request| request.is_head);
    let response = match asked {
        Ok(request) => answer(&request),
        Err(refusal) => Response::refused(refusal),
    };
    let (head, body) = response.into_bytes();
    (head, if is_head { Arc::default() } else { body })
}

/// Writes the rest of the answer.
fn send(stream: &mut TcpStream, head: &[u8], body: &[u8], n_sent: &mut usize) -> io::Result<()> {
    loop {
        let rest = match head.get(*n_sent..) {
            Some(rest @ [_, ..]) => rest,
            _ => &body[*n_sent - head.len()..],
        };
        if rest.is_empty() {
            return Ok(());
        }
        match stream.write(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(n) => *n_sent += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads what the client sends after its request, until it ends.
fn leave(stream: &mut TcpStream, n: &mut usize) -> io::Result<()> {
    let mut piece = [0; 1 << 10];
    while *n < MOST_AFTER {
        *n += read(stream, &mut piece)?;
    }
    Err(ErrorKind::InvalidData.into())
}

/// At least one byte.
fn read(stream: &mut TcpStream, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(piece) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
