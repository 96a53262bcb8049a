//! One page: its length, and a sum by which it is told from others.

use std::error::Error;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Request, Uri};
use vthread::hyper::Io;
use vthread::net::TcpStream;
use vthread::prelude::*;

type BoxError = Box<dyn Error + Send + Sync>;

/// Fetches a page, and returns what is stored of it.
#[vthread]
pub(crate) fn fetch(url: &str) -> Result<String, BoxError> {
    let uri: Uri = url.parse()?;
    let host = uri.host().ok_or("the URL names no host")?;
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80)))?;
    let (mut requests, connection) = http1::handshake(Io::new(stream)).await?;
    group! {
        spawn!(service => { connection.await?; });
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let request = Request::get(path).header(HOST, host).body(Empty::<Bytes>::new())?;
        let answer = requests.send_request(request).await?;
        if !answer.status().is_success() {
            return Err(format!("the server answered {}", answer.status()).into());
        }
        let body = answer.into_body().collect().await?.to_bytes();
        let sum: u64 = body.iter().map(|byte| u64::from(*byte)).sum();
        format!("{} bytes, sum {sum}", body.len())
    }
}
