//! A TCP echo server and its clients: one vthread for each connection, written as with `std::net`.
//!
//! ```text
//! cargo run --release --example echo
//! ```

use std::io;
use std::net::{Shutdown, SocketAddr};

use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;

const CLIENTS: usize = 100;

/// Serves until it is cancelled. Neither a failed connection nor a temporary error ends it.
#[vthread]
fn serve(listener: &TcpListener) {
    group! {
        loop {
            match listener.accept() {
                Ok((stream, peer)) => {
                    spawn! {
                        if let Err(error) = echo(stream) {
                            eprintln!("{peer}: {error}");
                        }
                    }
                }
                // There may be too many open files. `accept` waited for a while before it reported
                // that.
                Err(error) => eprintln!("not accepted: {error}"),
            }
        }
    }
}

/// Sends everything back until the client closes its side.
#[vthread]
fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let n = stream.read(&mut buffer)?;
        if n == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..n])?;
    }
}

/// Sends a message to the server and returns its answer.
#[vthread]
fn ask(server: SocketAddr, text: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(text.as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The server as a service beside its clients: it is cancelled when they have all ended. Ctrl-c
/// ends everything in order.
#[vthread]
fn main() -> io::Result<()> {
    vthread::signal::cancel_on_ctrl_c()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?;
    group! {
        spawn!(service => { serve(&listener) });
        for client in 0..CLIENTS {
            spawn! {
                let text = format!("hello from client {client}");
                assert_eq!(ask(server, &text)?, text);
            }
        }
    }?;
    println!("{CLIENTS} clients heard their own words");
    Ok(())
}
