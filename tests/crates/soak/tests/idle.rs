//! What an idle connection costs: its buffer, its frame, and little else.

use soak::heap::{Counted, in_use};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use vthread::io::BufReader;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

/// The connections whose line is waited for.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// The capacity of a reader for which none was given.
const BUFFER: usize = 8 * 1024;

/// The task's header, the descriptor's registration, and the room that tables of such keep.
const BESIDE: usize = 640;

#[vthread]
fn answer(stream: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    assert_eq!(reader.capacity(), BUFFER);
    let mut line = String::new();
    WAITING.fetch_add(1, Ordering::SeqCst);
    while reader.read_line(&mut line)? > 0 {
        reader.get_mut().write_all(line.as_bytes())?;
        line.clear();
    }
    WAITING.fetch_sub(1, Ordering::SeqCst);
    Ok(())
}

#[vthread]
fn serve(listener: &TcpListener) -> io::Result<()> {
    group! {
        for stream in listener.incoming() {
            let stream = stream?;
            spawn! { let _ = answer(stream); };
        }
    }
}

/// So many that wait, and their cost in bytes.
fn crowd(server: SocketAddr, n: usize) -> (Vec<std::net::TcpStream>, usize) {
    let mut clients = Vec::with_capacity(n);
    let before = in_use();
    for _ in 0..n {
        clients.push(std::net::TcpStream::connect(server).unwrap());
    }
    wait_for(n);
    let cost = in_use() - before;
    (clients, cost)
}

fn wait_for(n: usize) {
    while WAITING.load(Ordering::SeqCst) != n {
        std::thread::yield_now();
    }
}

fn frame_of<F: Fn(TcpStream) -> R, R>(_: F) -> usize {
    size_of::<R>()
}

#[test]
fn an_idle_connection_costs_its_buffer_and_its_frame() {
    const CROWD: usize = 400;
    let listener = TcpListener::bind("127.0.0.1:0").block().unwrap();
    let server = listener.local_addr().unwrap();
    std::thread::spawn(move || serve(&listener));
    // What is made once.
    drop(crowd(server, CROWD / 10));
    wait_for(0);
    let frame = frame_of(__vthread_answer);
    let (clients, cost) = crowd(server, CROWD);
    let each = cost / CROWD;
    println!("{each} bytes for each, of which the buffer is {BUFFER} and the frame {frame}");
    assert!(each >= BUFFER, "{each}: they are not there");
    assert!(
        each <= BUFFER + frame + BESIDE,
        "{each}, with a frame of {frame}"
    );
    drop(clients);
    wait_for(0);
}
