//! The main example with every kind of bad input: one clear line each, and nothing left behind.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;

use socket2::{Domain, Socket, Type};
use tempfile::TempDir;

use crate::program::{Download, binary, error_line, text};
use crate::server::{answer, serve, serve_endlessly};

#[test]
fn urls() {
    assert_refused(
        &["nonsense"],
        "error: nonsense: not a URL: it does not begin with http://",
    );
    assert_refused(
        &["https://localhost/x"],
        "error: https://localhost/x: https:// is not supported, only http:// is",
    );
    assert_refused(
        &["ftp://localhost/x"],
        "ftp:// is not supported, only http:// is",
    );
    assert_refused(&["http://"], "error: http://: not a URL: ");
    assert_refused(&["http://a b/"], "error: http://a b/: not a URL: ");
    assert_refused(&["http://:80/"], "error: http://:80/: not a URL: ");
}

#[test]
fn an_unusable_directory() {
    let place = TempDir::new().expect("a directory");
    let file = place.path().join("file");
    fs::write(&file, "in the way").expect("a file");
    let out = file.join("inside");
    let output = Command::new(binary("download"))
        .args(["--out", out.to_str().expect("plain text")])
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    let expected = format!("error: cannot use the directory {}: ", out.display());
    assert!(
        error_line(&output).starts_with(&expected),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(text(&output.stderr).lines().count(), 1);
}

#[test]
fn a_file_that_cannot_be_written() {
    let server = serve(answer("content", 7));
    let run = Download::new(&[&format!("http://{server}/x")]);
    fs::create_dir_all(run.out().join("x.part")).expect("a directory in the way");
    let output = run.end();
    assert_eq!(output.status.code(), Some(1));
    let error = error_line(&output);
    assert!(error.contains(&format!(
        "/x: cannot write {}: ",
        run.out().join("x").display()
    )));
    fs::remove_dir(run.out().join("x.part")).expect("it is still a directory");
    assert_eq!(run.files(), [""; 0]);
}

#[test]
fn a_refused_connection() {
    // The port is held, so that no other listener is given it, and has none.
    let held = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    held.bind(&any.into()).expect("a port");
    let address = held.local_addr().expect("an address");
    let address = address.as_socket().expect("one of IP");
    let url = format!("http://{address}/x");
    assert_refused(
        &[&url],
        &format!("error: {url}: cannot connect: Connection refused"),
    );
}

#[test]
fn a_server_that_closes_at_once() {
    assert_bad_server(String::new(), "bad answer: ");
}

#[test]
fn a_server_that_speaks_no_http() {
    assert_bad_server("220 mail.example ESMTP\r\n\r\n".into(), "bad answer: ");
}

#[test]
fn a_status_that_is_no_success() {
    let moved = "HTTP/1.1 301 Moved Permanently\r\ncontent-length: 0\r\n\r\n".into();
    assert_bad_server(moved, "the server answered 301 Moved Permanently");
}

#[test]
fn a_server_that_closes_midway() {
    assert_bad_server(
        answer(&"x".repeat(5_000), 70_000),
        "the body ended after 5000 of 70000 bytes: ",
    );
}

#[test]
fn a_server_that_closes_inside_a_chunk() {
    let broken = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc".into();
    assert_bad_server(broken, "the body broke off after 3 bytes: ");
}

#[test]
fn a_content_length_that_is_too_small() {
    assert_bad_server(
        answer("twelve bytes", 5),
        "the server sent more than the 5 bytes announced: ",
    );
}

#[test]
fn a_content_length_that_is_no_number() {
    let broken = "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\nx".into();
    assert_bad_server(broken, "bad answer: ");
}

#[test]
fn content_lengths_that_disagree() {
    let broken = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef".into();
    assert_bad_server(broken, "bad answer: ");
}

/// A page of a server that answers with `answer`, beside one that never ends: the failure ends
/// both, in one line that names the right URL.
fn assert_bad_server(answer: String, cause: &str) {
    let bad = format!("http://{}/bad", serve(answer));
    let endless = format!("http://{}/endless", serve_endlessly());
    let run = Download::new(&[&endless, &bad]);
    let output = run.end();
    assert_eq!(output.status.code(), Some(1));
    let error = error_line(&output);
    assert!(
        error.starts_with(&format!("error: {bad}: {cause}")),
        "{error}"
    );
    assert_eq!(
        text(&output.stderr).lines().count(),
        1,
        "{}",
        text(&output.stderr)
    );
    assert_eq!(run.files(), [""; 0]);
}

fn assert_refused(args: &[&str], expected: &str) {
    let run = Download::new(args);
    let output = run.end();
    assert_eq!(output.status.code(), Some(1));
    let stderr = text(&output.stderr);
    assert!(stderr.contains(expected), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert_eq!(run.files(), [""; 0]);
}
