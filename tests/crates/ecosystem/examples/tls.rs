//! TLS on vthread's streams: an echo server, and clients that check its certificate.
//!
//! ```text
//! cargo run -p ecosystem --features peers --example tls
//! ```
//!
//! rustls speaks TLS over any stream with the traits of `futures-io`, and what it returns has them
//! as well. So it has `vthread::io::{Read, Write}`, and the code that uses it reads like any other.

use futures_rustls::pki_types::{PrivateKeyDer, ServerName};
use futures_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use futures_rustls::{TlsAcceptor, TlsConnector};
use futures_util::AsyncWrite;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use vthread::io;
use vthread::net::{SocketAddr, TcpListener, TcpStream};
use vthread::prelude::*;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// The two sides of a certificate that is made here, and that the clients trust.
pub(crate) fn configs() -> Result<(ServerConfig, ClientConfig), Error> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
    let mut trusted = RootCertStore::empty();
    trusted.add(made.cert.der().clone())?;
    let server = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    let client = ClientConfig::builder()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok((server, client))
}

/// Shakes hands in the vthread of the connection, so that a slow client delays no other.
#[vthread]
fn serve(listener: &TcpListener, acceptor: &TlsAcceptor) -> Result<(), Error> {
    group! {
        for stream in listener.incoming() {
            let stream = stream?;
            spawn! {
                if let Err(error) = echo(stream, acceptor) {
                    eprintln!("a connection failed: {error}");
                }
            }
        }
    }
}

#[vthread]
fn echo(stream: TcpStream, acceptor: &TlsAcceptor) -> io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let mut buf = [0; 4096];
    loop {
        let n = stream.read(&mut buf)?;
        if n == 0 {
            break;
        }
        stream.write_all(&buf[..n])?;
        stream.flush()?;
    }
    close(stream)
}

/// Says that this was all: TLS tells a closed connection from one that was cut.
#[vthread]
fn close(mut stream: impl AsyncWrite + Unpin + Send) -> io::Result<()> {
    poll_fn(|cx| Pin::new(&mut stream).poll_close(cx)).await
}

/// Says something, and returns what comes back.
#[vthread]
fn say(server: SocketAddr, connector: &TlsConnector, words: &str) -> io::Result<String> {
    let stream = TcpStream::connect(server)?;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = connector.connect(name, stream).await?;
    stream.write_all(words.as_bytes())?;
    stream.flush()?;
    let mut back = vec![0; words.len()];
    stream.read_exact(&mut back)?;
    close(stream)?;
    Ok(String::from_utf8(back).expect("what was sent"))
}

/// How many clients heard their own words.
#[vthread]
pub(crate) fn run() -> Result<usize, Error> {
    let (server, client) = configs()?;
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let connector = TlsConnector::from(Arc::new(client));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    group! {
        spawn!(service => { serve(&listener, &acceptor)?; });
        let clients: Vec<_> = (0..20).map(|n| format!("these are the words of {n}")).collect();
        let heard = vthread::map_concurrent(&clients, 8, closure!(|words: &String| -> Result<bool, Error> {
            Ok(say(address, &connector, words)? == *words)
        }))?;
        heard.into_iter().filter(|heard| *heard).count()
    }
}

#[allow(dead_code)] // The tests call `run`.
fn main() -> Result<(), Error> {
    println!("{} clients heard their own words over TLS", run()?);
    Ok(())
}
