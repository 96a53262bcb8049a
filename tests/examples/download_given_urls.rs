//! The main example with URLs.

use std::io::{BufRead, BufReader};
use std::process::Command;

use crate::program::{Download, text};
use crate::server::{answer, serve, serve_endlessly};

#[test]
fn are_downloaded_and_never_overwrite_one_another() {
    let server = serve(answer("from a server", 13));
    let urls = [
        format!("http://{server}/one/page.html"),
        format!("http://{server}/two/page.html?x=1"),
        format!("http://{server}/page.html.part"),
        format!("http://{server}/"),
        format!("http://{server}/../.."),
    ];
    let run = Download::new(&urls.each_ref().map(String::as_str));
    let output = run.end();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mut expected = [
        "index-2.html",
        "index.html",
        "page.html",
        "page-2.html",
        "page.html-2.part",
    ];
    expected.sort_unstable();
    assert_eq!(run.files(), expected);
    for name in run.files() {
        assert_eq!(run.read(&name), "from a server");
    }
    assert!(text(&output.stdout).contains("5 files"));
}

#[test]
fn a_chunked_body_is_put_together() {
    let server = serve(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            .into(),
    );
    let run = Download::new(&[&format!("http://{server}/x")]);
    let output = run.end();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(run.read("x"), "abcde");
}

/// One page is there, and the other one never ends.
#[test]
fn ctrl_c_ends_all() {
    let page = format!("http://{}/page", serve(answer("from a server", 13)));
    let endless = format!("http://{}/endless", serve_endlessly());
    let run = Download::new(&[&endless, &page]);
    let mut child = run.start();
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    lines.next().expect("a first page").expect("text");
    // The shell's own `kill` exists on every system, and needs no unsafe code here.
    let killed = Command::new("sh")
        .args(["-c", &format!("kill -INT {}", child.id())])
        .status();
    assert!(killed.expect("a shell runs").success());
    let last = lines.map_while(Result::ok).last().expect("a last line");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(last, "error: interrupted");
    assert_eq!(run.files(), ["page"]);
}
