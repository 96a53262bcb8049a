//! tonic: a method that is a vthread, served and called over vthread's streams.
//!
//! What a build script would generate from a `.proto` file is written by hand.

use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tonic::body::Body;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::service_fn;
use vthread::hyper::{Executor, Io, serve};
use vthread::net::{SocketAddr, TcpListener, TcpStream};
use vthread::prelude::*;

#[derive(Clone, PartialEq, prost::Message)]
struct Question {
    #[prost(uint32, tag = "1")]
    n: u32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Answer {
    #[prost(string, tag = "1")]
    text: String,
}

/// The method of the service.
#[vthread]
fn answer(request: Request<Question>) -> Result<Response<Answer>, Status> {
    let n = request.into_inner().n;
    vthread::time::sleep(Duration::from_millis(1));
    if n > 100 {
        return Err(Status::out_of_range("at most a hundred"));
    }
    Ok(Response::new(Answer {
        text: format!("{n} squared is {}", n * n),
    }))
}

#[vthread]
fn serve_grpc(listener: &TcpListener) {
    let method = vthread::tower::service(closure!(|request: Request<Question>| answer(request)));
    let routes = service_fn(move |request: hyper::Request<Incoming>| {
        let method = method.clone();
        async move {
            let mut grpc = tonic::server::Grpc::new(ProstCodec::<Answer, Question>::default());
            Ok::<_, Infallible>(grpc.unary(method, request).await)
        }
    });
    serve(listener, TowerToHyperService::new(routes)).unwrap();
}

/// hyper's connection, as tonic's client wants it.
#[derive(Clone)]
struct Channel(SendRequest<Body>);

type Sending = Pin<Box<dyn Future<Output = hyper::Result<hyper::Response<Incoming>>> + Send>>;

impl tower::Service<hyper::Request<Body>> for Channel {
    type Response = hyper::Response<Incoming>;
    type Error = hyper::Error;
    type Future = Sending;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: hyper::Request<Body>) -> Sending {
        Box::pin(self.0.send_request(request))
    }
}

#[vthread]
fn ask(channel: Channel, address: SocketAddr, n: u32) -> Result<String, Status> {
    let origin = format!("http://{address}").parse().unwrap();
    let mut grpc = tonic::client::Grpc::with_origin(channel, origin);
    grpc.ready()
        .await
        .map_err(|error| Status::unavailable(error.to_string()))?;
    let codec = ProstCodec::<Question, Answer>::default();
    let path = PathAndQuery::from_static("/numbers.Numbers/Square");
    let answer = grpc
        .unary(Request::new(Question { n }), path, codec)
        .await?;
    Ok(answer.into_inner().text)
}

#[test]
#[vthread]
fn a_method_of_tonics_is_a_vthread() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    group! {
        spawn!(service => { serve_grpc(&listener); });
        let stream = TcpStream::connect(address).unwrap();
        let handshake = http2::handshake(Executor::current(), Io::new(stream));
        let (requests, connection) = handshake.await.unwrap();
        spawn!(service => { let _ = connection.await; });
        let channel = Channel(requests);
        group! {
            for n in 0..50 {
                let channel = channel.clone();
                spawn! {
                    let text = ask(channel, address, n).unwrap();
                    assert_eq!(text, format!("{n} squared is {}", n * n));
                }
            }
        }
        assert_eq!(ask(channel, address, 101).unwrap_err().code(), Code::OutOfRange);
    }
}
