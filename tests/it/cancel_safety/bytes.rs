//! Bytes: each that was written is read once; a datagram and a line as a whole.

use super::*;
use std::sync::Mutex as PlainMutex;
use std::sync::atomic::AtomicBool;
use vthread::io::{BufReader, DuplexStream, PipeReader, PipeWriter, duplex, pipe};
use vthread::net::{TcpListener, TcpStream, UnixDatagram};
use vthread::sync::Mutex;

/// How often there was each byte.
struct Tally(Vec<AtomicUsize>);

impl Tally {
    fn new() -> Self {
        Tally((0..256).map(|_| AtomicUsize::new(0)).collect())
    }

    fn add(&self, bytes: &[u8]) {
        for &byte in bytes {
            self.0[usize::from(byte)].fetch_add(1, Ordering::SeqCst);
        }
    }

    fn counts(self) -> Vec<usize> {
        self.0.into_iter().map(AtomicUsize::into_inner).collect()
    }
}

/// Seven bytes of the endless text, from `at` on.
fn piece(at: usize) -> [u8; 7] {
    std::array::from_fn(|i| (at + i) as u8)
}

#[vthread]
fn connection() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

/// Reads from one of three sources.
struct Reading<'a> {
    connection: TcpStream,
    pipe: PipeReader,
    datagrams: UnixDatagram,
    read: &'a Tally,
}

#[vthread]
impl Attempt for Reading<'_> {
    fn attempt(&self, counts: &Counts, random: u64) {
        let mut buffer = [0; 64];
        let part = 1 + (random >> 32) as usize % 64;
        counts.begin();
        let n = match (random >> 24) % 3 {
            0 => (&self.connection).read(&mut buffer[..part]).unwrap(),
            1 => (&self.pipe).read(&mut buffer[..part]).unwrap(),
            _ => self.datagrams.recv(&mut buffer).unwrap(),
        };
        self.read.add(&buffer[..n]);
        counts.done();
    }
}

#[vthread]
fn read(seed: u64, n: usize) -> (usize, usize) {
    let (written, read) = (Tally::new(), Tally::new());
    let (client, connection) = connection();
    let (pipe, into_pipe) = pipe().unwrap();
    let (datagrams, sender) = UnixDatagram::pair().unwrap();
    let what = Reading {
        connection,
        pipe,
        datagrams,
        read: &read,
    };
    let is_over = AtomicBool::new(false);
    let result = group! {
        let (is_over, written) = (&is_over, &written);
        spawn! {
            let mut client = client;
            let mut at = 0;
            while !is_over.load(Ordering::SeqCst) {
                let n = client.write(&piece(at)).unwrap();
                written.add(&piece(at)[..n]);
                at += n;
                pause(8 + seed % 5);
            }
        }
        spawn! {
            let mut into_pipe = into_pipe;
            let mut at = 0;
            while !is_over.load(Ordering::SeqCst) {
                let n = into_pipe.write(&piece(at)).unwrap();
                written.add(&piece(at)[..n]);
                at += n;
                pause(8 + seed % 5);
            }
        }
        spawn! {
            let mut at = 0;
            while !is_over.load(Ordering::SeqCst) {
                sender.send(&piece(at)).unwrap();
                written.add(&piece(at));
                at += 7;
                pause(8 + seed % 5);
            }
            sender.send(&[]).unwrap();
        }
        let result = storm(&what, seed, n);
        is_over.store(true, Ordering::SeqCst);
        let mut rest = Vec::new();
        (&what.connection).read_to_end(&mut rest).unwrap();
        (&what.pipe).read_to_end(&mut rest).unwrap();
        read.add(&rest);
        let mut datagram = [0; 64];
        loop {
            let n = what.datagrams.recv(&mut datagram).unwrap();
            if n == 0 {
                break;
            }
            read.add(&datagram[..n]);
        }
        result
    };
    assert!(written.counts() == read.counts());
    result
}

/// Writes to one of two.
struct Writing<'a> {
    pipe: PipeWriter,
    datagrams: UnixDatagram,
    written: &'a Tally,
}

#[vthread]
impl Attempt for Writing<'_> {
    fn attempt(&self, counts: &Counts, random: u64) {
        // So large that the pipe is full soon; the system writes it whole or not at all.
        let bytes = [random as u8; 4096];
        counts.begin();
        let n = match (random >> 24) % 2 {
            0 => (&self.pipe).write(&bytes).unwrap(),
            _ => self.datagrams.send(&bytes[..100]).unwrap(),
        };
        self.written.add(&bytes[..n]);
        counts.done();
    }
}

#[vthread]
fn write(seed: u64, n: usize) -> (usize, usize) {
    let (written, read) = (Tally::new(), Tally::new());
    let (out_of_pipe, pipe) = pipe().unwrap();
    let (datagrams, receiver) = UnixDatagram::pair().unwrap();
    let what = Writing {
        pipe,
        datagrams,
        written: &written,
    };
    let result = group! {
        let read = &read;
        spawn! {
            let mut out_of_pipe = out_of_pipe;
            let mut buffer = [0; 4096];
            loop {
                let n = out_of_pipe.read(&mut buffer).unwrap();
                if n == 0 {
                    break;
                }
                read.add(&buffer[..n]);
                pause(seed % 5);
            }
        }
        spawn! {
            let mut buffer = [0; 100];
            loop {
                let n = receiver.recv(&mut buffer).unwrap();
                if n == 0 {
                    break;
                }
                read.add(&buffer[..n]);
                pause(seed % 5);
            }
        }
        let result = storm(&what, seed, n);
        what.datagrams.send(&[]).unwrap();
        drop(what);
        result
    };
    assert!(written.counts() == read.counts());
    result
}

/// Reads a line from one of two sources.
struct Lines<'a> {
    connection: Mutex<BufReader<TcpStream>>,
    memory: Mutex<BufReader<DuplexStream>>,
    read: [&'a PlainMutex<Vec<usize>>; 2],
}

#[vthread]
impl Attempt for Lines<'_> {
    fn attempt(&self, counts: &Counts, random: u64) {
        let mut line = String::new();
        counts.begin();
        if (random >> 24).is_multiple_of(2) {
            let mut reader = self.connection.lock();
            reader.read_line(&mut line).unwrap();
            self.read[0].lock().unwrap().push(number_of(&line));
        } else {
            let mut reader = self.memory.lock();
            reader.read_line(&mut line).unwrap();
            self.read[1].lock().unwrap().push(number_of(&line));
        }
        counts.done();
    }
}

fn number_of(line: &str) -> usize {
    let number = line.strip_suffix('\n').expect("a whole line");
    number.parse().unwrap()
}

/// Writes numbers, each in two pieces, so that readers wait within a line; returns how many.
#[vthread]
fn write_lines<W: Write>(mut to: W, is_over: &AtomicBool, turns: u64) -> usize {
    let mut n = 0;
    while !is_over.load(Ordering::SeqCst) {
        let line = format!("{n}\n");
        let (begin, end) = line.as_bytes().split_at(line.len() / 2);
        to.write_all(begin).unwrap();
        pause(turns);
        to.write_all(end).unwrap();
        n += 1;
    }
    n
}

#[vthread]
fn lines(seed: u64, n: usize) -> (usize, usize) {
    let read = [PlainMutex::default(), PlainMutex::default()];
    let (client, connection) = connection();
    let (memory, far_end) = duplex(5);
    let what = Lines {
        connection: Mutex::new(BufReader::new(connection)),
        memory: Mutex::new(BufReader::with_capacity(3, memory)),
        read: read.each_ref(),
    };
    let is_over = AtomicBool::new(false);
    let (result, n_written) = group! {
        let is_over = &is_over;
        let writers = [
            spawn! { write_lines(client, is_over, 1 + seed % 3) },
            spawn! { write_lines(far_end, is_over, 1 + seed % 3) },
        ];
        let result = storm(&what, seed, n);
        is_over.store(true, Ordering::SeqCst);
        for line in what.connection.into_inner().lines() {
            read[0].lock().unwrap().push(line.unwrap().parse().unwrap());
        }
        for line in what.memory.into_inner().lines() {
            read[1].lock().unwrap().push(line.unwrap().parse().unwrap());
        }
        let [one, other] = writers;
        (result, [one.join(), other.join()])
    };
    for (read, n_written) in read.into_iter().zip(n_written) {
        assert!(read.into_inner().unwrap().into_iter().eq(0..n_written));
    }
    result
}

#[test]
fn a_reader_loses_none() {
    conserved("readers", read);
}

#[test]
fn a_writer_writes_all_or_nothing() {
    conserved("writers", write);
}

#[test]
fn a_line_is_read_whole() {
    conserved("readers of lines", lines);
}
