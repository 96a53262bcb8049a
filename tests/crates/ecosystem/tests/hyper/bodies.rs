//! Bodies that are read and written while they are sent.

use crate::client::{connect1, connect2, listen, request};
use hyper::body::Incoming;
use hyper::{HeaderMap, Request, Response};
use vthread::Group;
use vthread::hyper::{BodyReader, BodyWriter, WrittenBody, body_writer, serve, service};
use vthread::io;
use vthread::prelude::*;

const LEN: usize = 3_000_000;

/// Answers with the body of the request, while it comes.
#[vthread]
fn echo(request: Request<Incoming>) -> Response<WrittenBody> {
    let (mut writer, body) = body_writer();
    let connection = Group::current();
    spawn!(connection => {
        let mut reader = BodyReader::new(request.into_body());
        if io::copy(&mut reader, &mut writer).is_ok() {
            let mut trailers = HeaderMap::new();
            trailers.insert("end", "reached".parse().unwrap());
            writer.finish_with(trailers);
        }
    });
    Response::new(body)
}

fn byte(at: usize) -> u8 {
    (at % 251) as u8
}

/// Sends the first part, waits for its echo, and sends the rest while it reads.
#[vthread]
fn check(response: Response<Incoming>, mut writer: BodyWriter) {
    let mut reader = BodyReader::new(response.into_body());
    // The head of the answer is here, and so far not a byte of the body was sent.
    writer.write_all(&[byte(0)]).unwrap();
    let mut first = [7];
    reader.read_exact(&mut first).unwrap();
    assert_eq!(first, [byte(0)]);
    group! {
        spawn! {
            let rest: Vec<u8> = (1..LEN).map(byte).collect();
            writer.write_all(&rest).unwrap();
            writer.finish();
        }
        let mut back = Vec::new();
        reader.read_to_end(&mut back).unwrap();
        assert_eq!(back.len(), LEN - 1);
        assert!(back.iter().zip(1..).all(|(b, at)| *b == byte(at)));
    }
}

#[test]
#[vthread]
fn three_megabytes_are_echoed_while_they_come_on_http1() {
    let (listener, address) = listen();
    group! {
        spawn!(service => { serve(&listener, service(closure!(|request| echo(request)))).unwrap(); });
        let mut requests = connect1::<WrittenBody>(address);
        let (writer, body) = body_writer();
        let response = requests.send_request(request("/", body)).await.unwrap();
        check(response, writer);
    }
}

#[test]
#[vthread]
fn three_megabytes_are_echoed_while_they_come_on_http2() {
    let (listener, address) = listen();
    group! {
        spawn!(service => { serve(&listener, service(closure!(|request| echo(request)))).unwrap(); });
        let mut requests = connect2::<WrittenBody>(address);
        let (writer, body) = body_writer();
        let response = requests.send_request(request("/", body)).await.unwrap();
        check(response, writer);
    }
}

#[test]
#[vthread]
fn trailers_come_behind_the_body() {
    let (listener, address) = listen();
    group! {
        spawn!(service => { serve(&listener, service(closure!(|request| echo(request)))).unwrap(); });
        let mut requests = connect2::<String>(address);
        let response = requests.send_request(request("/", "words".to_owned())).await.unwrap();
        let mut reader = BodyReader::new(response.into_body());
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "words");
        assert_eq!(reader.trailers().unwrap()["end"], "reached");
    }
}

/// Writes a part of its body, and drops the writer.
#[vthread]
fn cut(_: Request<Incoming>) -> Response<WrittenBody> {
    let (mut writer, body) = body_writer();
    writer.write_all(b"a part").unwrap();
    Response::new(body)
}

#[test]
#[vthread]
fn a_body_whose_writer_is_dropped_breaks_off() {
    let (listener, address) = listen();
    group! {
        spawn!(service => {
            serve(&listener, service(closure!(|request| cut(request)))).unwrap();
        });
        // It may break off before the head is sent.
        let mut requests = connect1::<String>(address);
        if let Ok(answer) = requests.send_request(request("/", String::new())).await {
            is_cut(answer);
        }
        let mut requests = connect2::<String>(address);
        if let Ok(answer) = requests.send_request(request("/", String::new())).await {
            is_cut(answer);
        }
    }
}

#[vthread]
fn is_cut(answer: Response<Incoming>) {
    let mut text = String::new();
    let read = BodyReader::new(answer.into_body()).read_to_string(&mut text);
    assert!(read.is_err(), "the end of a part is no end: {text}");
}

#[test]
#[vthread]
fn a_writer_learns_that_the_body_was_dropped() {
    let (mut writer, body) = body_writer();
    group! {
        let writing = spawn! {
            let written = writer.write_all(&[0; LEN]);
            written.expect_err("there is no reader").kind()
        };
        drop(body);
        assert_eq!(writing.join(), io::ErrorKind::BrokenPipe);
    }
}
