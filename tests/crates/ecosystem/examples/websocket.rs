//! WebSocket on vthread's streams: a server that answers each message, and clients.
//!
//! ```text
//! cargo run -p ecosystem --features peers --example websocket
//! ```
//!
//! async-tungstenite takes any stream with the traits of `futures-io`. Its socket is a `Stream` of
//! messages, and `for` in vthread code goes over one: it suspends.

use async_tungstenite::tungstenite::{self, Message};
use async_tungstenite::{accept_async, client_async};
use futures_util::StreamExt;
use vthread::net::{SocketAddr, TcpListener, TcpStream};
use vthread::prelude::*;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Answers until the client closes the socket.
#[vthread]
fn serve_socket(stream: TcpStream) -> Result<(), tungstenite::Error> {
    let mut socket = accept_async(stream).await?;
    // A `for` would borrow the socket, which the body of the loop needs, too.
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message? {
            socket.send(Message::text(text.to_uppercase())).await?;
        }
    }
    Ok(())
}

#[vthread]
fn serve(listener: &TcpListener) -> Result<(), Error> {
    group! {
        for stream in listener.incoming() {
            let stream = stream?;
            spawn! { serve_socket(stream)?; }
        }
    }
}

/// Sends three words, and returns the answers.
#[vthread]
fn shout(server: SocketAddr, n: u32) -> Result<Vec<String>, Error> {
    let stream = TcpStream::connect(server)?;
    let (mut socket, _) = client_async(format!("ws://{server}/"), stream).await?;
    for word in ["one", "two", "three"] {
        socket.send(Message::text(format!("{word} {n}"))).await?;
    }
    // The server answers what it was sent, and then closes its side, too.
    socket.close(None).await?;
    let mut answers = Vec::new();
    for message in &mut socket {
        if let Message::Text(text) = message? {
            answers.push(text.to_string());
        }
    }
    Ok(answers)
}

/// The answers that ten clients got.
#[vthread]
pub(crate) fn run() -> Result<Vec<Vec<String>>, Error> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    group! {
        spawn!(service => { serve(&listener)?; });
        vthread::map_concurrent(0..10, 10, closure!(|n| shout(address, n)))?
    }
}

#[allow(dead_code)] // The tests call `run`.
fn main() -> Result<(), Error> {
    for answers in run()? {
        println!("{}", answers.join(", "));
    }
    Ok(())
}
