//! rustls on vthread's streams.

use futures_rustls::pki_types::ServerName;
use futures_rustls::{TlsAcceptor, TlsConnector};
use http_body_util::BodyExt;
use hyper::{Request, Response};
use std::sync::Arc;
use vthread::hyper::{Io, Server, service};
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;

#[path = "../../examples/tls.rs"]
mod example;

#[test]
fn the_example_runs() {
    assert_eq!(example::run().unwrap(), 20);
}

/// HTTPS: the handshake in a vthread, the connection to the server.
#[test]
#[vthread]
fn https_is_served() {
    let (server, client) = example::configs().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let connector = TlsConnector::from(Arc::new(client));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = service(closure!(|request: Request<hyper::body::Incoming>| {
        Response::new(request.uri().path().to_owned())
    }));
    group! {
        spawn!(service => {
            let (stream, _) = listener.accept().unwrap();
            let stream = acceptor.accept(stream).await.unwrap();
            Server::new().serve_connection(stream, answer);
        });
        let stream = TcpStream::connect(address).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = connector.connect(name, stream).await.unwrap();
        let (mut requests, connection) =
            hyper::client::conn::http1::handshake(Io::new(stream)).await.unwrap();
        spawn!(service => { let _ = connection.await; });
        let request = Request::get("/secret").header("host", "localhost").body(String::new());
        let answer = requests.send_request(request.unwrap()).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "/secret");
    }
}
