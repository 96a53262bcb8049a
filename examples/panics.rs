//! A server whose handlers have bugs: a panic ends the connection that ran into it, and nothing
//! else.
//!
//! ```text
//! cargo run --release --example panics
//! ```

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};

use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::sync::Mutex;

const CLIENTS: u32 = 20;

/// Serves until it is cancelled. A handler that panics is counted, and the server goes on.
#[vthread]
fn serve(listener: &TcpListener, n_panics: &AtomicU32) -> io::Result<()> {
    group! {
        loop {
            let (stream, _) = listener.accept()?;
            spawn! {
                match catch_unwind! { handle(stream) } {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => eprintln!("a connection failed: {error}"),
                    // No suspension point, where the end of the last client would cancel it.
                    Err(_) => {
                        n_panics.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        }
    }
}

/// Answers a hundred divided by the number in the request. The bug: the number may be zero.
#[vthread]
fn handle(mut stream: TcpStream) -> io::Result<()> {
    let mut request = String::new();
    stream.read_to_string(&mut request)?;
    let divisor: u32 = request.trim().parse().map_err(io::Error::other)?;
    let answer = 100 / divisor;
    stream.write_all(answer.to_string().as_bytes())
}

/// The server's answer; empty if the handler panicked.
#[vthread]
fn ask(server: SocketAddr, divisor: u32) -> io::Result<String> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(divisor.to_string().as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[vthread]
fn main() -> io::Result<()> {
    // The panic is expected here; its message need not be printed twenty times.
    std::panic::set_hook(Box::new(|_| {}));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    let (n_answers, n_panics) = (Mutex::new(0), AtomicU32::new(0));
    group! {
        spawn!(service => { serve(&listener, &n_panics)?; });
        for client in 0..CLIENTS {
            spawn! {
                let divisor = client % 5;
                let answer = ask(server, divisor)?;
                if answer == (100 / divisor.max(1)).to_string() && divisor > 0 {
                    *n_answers.lock() += 1;
                }
            }
        }
    }?;
    let (n_answers, n_panics) = (n_answers.into_inner(), n_panics.into_inner());
    println!("{n_answers} clients have their answers, and {n_panics} handlers panicked");
    Ok(())
}
