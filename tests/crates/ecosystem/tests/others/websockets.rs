//! tungstenite on vthread's streams, and on a connection that hyper gives away.

use async_tungstenite::WebSocketStream;
use async_tungstenite::tungstenite::Message;
use async_tungstenite::tungstenite::handshake::derive_accept_key;
use async_tungstenite::tungstenite::protocol::Role;
use futures_util::StreamExt;
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use vthread::Group;
use vthread::hyper::{Io, serve, service};
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;

#[path = "../../examples/websocket.rs"]
mod example;

#[test]
fn the_example_runs() {
    let answers = example::run().unwrap();
    assert_eq!(answers.len(), 10);
    for (n, answers) in answers.iter().enumerate() {
        let expected = ["ONE", "TWO", "THREE"].map(|word| format!("{word} {n}"));
        assert_eq!(*answers, expected);
    }
}

/// Answers that it changes the protocol; a vthread of the connection speaks it.
#[vthread]
fn upgrade(mut request: Request<Incoming>) -> Response<String> {
    let key = request.headers()["sec-websocket-key"].as_bytes();
    let accept = derive_accept_key(key);
    let connection = Group::current();
    spawn!(connection => {
        let upgraded = hyper::upgrade::on(&mut request).await.unwrap();
        let mut socket =
            WebSocketStream::from_raw_socket(Io::new(upgraded), Role::Server, None).await;
        while let Some(Ok(Message::Text(text))) = socket.next().await {
            socket.send(Message::text(text.to_uppercase())).await.unwrap();
        }
    });
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-accept", accept)
        .body(String::new())
        .unwrap()
}

#[test]
#[vthread]
fn hyper_gives_a_connection_away() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    group! {
        spawn!(service => {
            serve(&listener, service(closure!(|request| upgrade(request)))).unwrap();
        });
        let stream = TcpStream::connect(address).unwrap();
        let url = format!("ws://{address}/");
        let (mut socket, _) = async_tungstenite::client_async(url, stream).await.unwrap();
        for word in ["one", "two"] {
            socket.send(Message::text(word)).await.unwrap();
            let heard = socket.next().await.unwrap().unwrap();
            assert_eq!(heard, Message::text(word.to_uppercase()));
        }
        socket.close(None).await.unwrap();
    }
}
