//! Every example is run, and what it prints and leaves behind is compared.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// No server of this file waits longer than this for a client, nor a client for it.
const PATIENCE: Duration = Duration::from_secs(60);

mod short {
    use super::*;

    #[test]
    fn parallel_sum() {
        assert_eq!(
            print_of("parallel_sum"),
            "the sum of 1 to 1000000 is 500000500000\n"
        );
    }

    #[test]
    fn chunks() {
        assert_eq!(print_of("chunks"), "the last square is 99980001\n");
    }

    #[test]
    fn echo() {
        assert_eq!(print_of("echo"), "100 clients heard their own words\n");
    }

    fn print_of(example: &str) -> String {
        let output = Command::new(binary(example))
            .output()
            .expect("the example starts");
        assert!(
            output.status.success(),
            "{example}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }
}

mod own_server {
    use super::*;

    #[test]
    fn downloads_all_pages() {
        let run = Download::new(&[]);
        let output = run.end();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let files = run.files();
        assert_eq!(files.len(), 200);
        for (page, name) in files.iter().enumerate() {
            assert_eq!(*name, format!("page-{page:03}.txt"));
            assert_page_is_whole(page, &run.read(name));
        }
        let summary = text(&output.stdout);
        assert!(summary.contains("190 smaller"), "{summary}");
        assert!(summary.contains("200 files"), "{summary}");
        // Not a terminal, so there is a plain line for each page.
        assert_eq!(text(&output.stderr).lines().count(), 200);
    }

    #[test]
    fn one_at_a_time_is_enough() {
        let run = Download::new(&["--max-concurrency", "1", "--fail"]);
        let output = run.end();
        assert_eq!(output.status.code(), Some(1));
        // The pages come in order, so exactly those before the failing one are there.
        assert_eq!(run.files().len(), 120);
    }

    #[test]
    fn the_first_failure_ends_all() {
        let run = Download::new(&["--fail"]);
        let output = run.end();
        assert_eq!(output.status.code(), Some(1));
        let error = error_line(&output);
        assert!(error.starts_with("error: http://127.0.0.1:"), "{error}");
        assert!(
            error.ends_with("/page-120.txt: the server answered 500 Internal Server Error"),
            "{error}"
        );
        run.assert_no_part_files();
        assert!(run.files().len() < 200);
        for name in run.files() {
            let page = name["page-".len()..][..3].parse().expect("a page's number");
            assert_page_is_whole(page, &run.read(&name));
        }
        assert_eq!(text(&output.stdout), "");
    }

    #[test]
    fn ctrl_c_ends_all() {
        let run = Download::new(&["--max-concurrency", "2"]);
        let mut child = run.start();
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        lines.next().expect("a first page").expect("text");
        // The standard `kill` needs no unsafe code here.
        let killed = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(killed.expect("kill runs").success());
        let last = lines.map_while(Result::ok).last().expect("a last line");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(130));
        assert_eq!(last, "error: interrupted");
        run.assert_no_part_files();
        assert!(run.files().len() < 200);
    }

    /// Each page tells in each line which one it is and how many there are.
    fn assert_page_is_whole(page: usize, content: &str) {
        let lines: Vec<_> = content.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let expected = format!(
                "page {page:03}, line {number:04} of {:04}: the quick brown fox",
                lines.len()
            );
            assert_eq!(*line, expected);
        }
        assert!(lines.len() >= 4);
    }
}

mod given_urls {
    use super::*;

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
}

mod bad_input {
    use super::*;

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
        // The port was free a moment ago, and nobody listens there.
        let address = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a port");
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
        let broken =
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef".into();
        assert_bad_server(broken, "bad answer: ");
    }

    /// A page of a server that answers with `answer`, beside one that never comes to its end: the
    /// failure ends both, in one line that names the right URL.
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
}

/// The main example with a directory of its own.
struct Download {
    args: Vec<String>,
    place: TempDir,
}

impl Download {
    fn new(args: &[&str]) -> Download {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        Download {
            args,
            place: TempDir::new().expect("a directory"),
        }
    }

    fn out(&self) -> PathBuf {
        self.place.path().join("out")
    }

    fn start(&self) -> Child {
        Command::new(binary("download"))
            .arg("--out")
            .arg(self.out())
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example starts")
    }

    fn end(&self) -> Output {
        self.start().wait_with_output().expect("the example ends")
    }

    /// The names of the files that are there, sorted.
    fn files(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.out()) else {
            return Vec::new();
        };
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("plain text");
        let mut names: Vec<_> = entries
            .map(|entry| name(entry.expect("an entry")))
            .collect();
        names.sort();
        names
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.out().join(name)).expect("a text")
    }

    fn assert_no_part_files(&self) {
        let left: Vec<_> = self
            .files()
            .into_iter()
            .filter(|name| name.ends_with(".part"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// The last line that the example said, which tells the error.
fn error_line(output: &Output) -> String {
    text(&output.stderr)
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An answer whose content-length may be wrong.
fn answer(body: &str, content_length: usize) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {content_length}\r\n\r\n{body}")
}

/// A server that gives every client the same bytes and closes the connection.
fn serve(answer: String) -> SocketAddr {
    serve_with(move |stream| stream.write_all(answer.as_bytes()))
}

/// A server that begins a large answer and then only waits for its client to go away.
fn serve_endlessly() -> SocketAddr {
    serve_with(|stream| {
        stream.write_all(answer("a beginning", 1_000_000).as_bytes())?;
        stream.read(&mut [0]).map(drop)
    })
}

fn serve_with(
    respond: impl Fn(&mut TcpStream) -> std::io::Result<()> + Clone + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    // The thread ends with the process.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, respond) = (stream.expect("a client"), respond.clone());
            thread::spawn(move || {
                stream.set_read_timeout(Some(PATIENCE)).expect("a time");
                // A client that has gone away is what some tests are about.
                if read_request(&mut stream).is_ok() {
                    let _ = respond(&mut stream);
                }
            });
        }
    });
    address
}

/// Reads a request whole: closing a socket with unread bytes would reset the connection.
fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        request.extend(byte);
    }
    Ok(())
}

/// The built example. `cargo test` builds all examples beside this test; a call that names only
/// this test does not, so that one builds them first.
fn binary(example: &str) -> PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| {
        let test = std::env::current_exe().expect("this test has a path");
        let profile = test
            .parent()
            .and_then(Path::parent)
            .expect("target/PROFILE/deps/TEST");
        let examples = profile.join("examples");
        if !examples.join("download").exists() {
            build_examples(profile);
        }
        examples
    });
    directory.join(example)
}

fn build_examples(profile: &Path) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--examples", "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    cargo
        .arg("--target-dir")
        .arg(profile.parent().expect("target"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().expect("cargo runs").success());
}
