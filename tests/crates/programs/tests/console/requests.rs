//! Who may ask, and how.

use super::client::{command, start, started};

#[test]
fn only_names_of_this_machine_are_served() {
    let program = start(&["1"]);
    let ask = |host: &str| {
        let request = format!("GET /dump.json HTTP/1.1\r\nHost: {host}\r\n\r\n");
        program.say(request.as_bytes())
    };
    for host in ["localhost", "localhost:1234", "127.0.0.1:80", "[::1]:80"] {
        assert_eq!(ask(host).status, 200, "{host}");
    }
    for host in [
        "example.com",
        "example.com:80",
        "localhost.example.com",
        "10.0.0.1",
    ] {
        let answer = ask(host);
        assert_eq!(answer.status, 403, "{host}");
        assert!(!answer.body.contains("vthreads"), "{}", answer.body);
    }
    let none = program.say(b"GET / HTTP/1.1\r\n\r\n");
    assert_eq!(none.status, 400);

    let mut meant = command(&["1"]);
    let open = started(meant.env("VTHREAD_CONSOLE", "unprotected:127.0.0.1:0"));
    let request = b"GET /dump.json HTTP/1.1\r\nHost: example.com\r\n\r\n";
    assert_eq!(open.say(request).status, 200);
}

#[test]
fn pages_of_other_sites_may_not_ask() {
    let program = start(&["1"]);
    let request = "GET /tree.json HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\n\
                   Sec-Fetch-Mode: cors\r\n\r\n";
    assert_eq!(program.say(request.as_bytes()).status, 403);
    let own = request.replace("cross-site", "same-origin");
    let answer = program.say(own.as_bytes());
    assert_eq!(answer.status, 200);
    assert!(
        !answer.head.to_lowercase().contains("access-control"),
        "{}",
        answer.head
    );
}

#[test]
fn the_page_runs_no_script_but_its_own() {
    let program = start(&["1"]);
    let nonce = || {
        let page = program.get("/");
        let policy = page.head.lines().find_map(|line| {
            line.strip_prefix("Content-Security-Policy: default-src 'none'; script-src 'nonce-")
        });
        let nonce = policy.unwrap().split_once('\'').unwrap().0.to_owned();
        assert_eq!(nonce.len(), 32);
        assert_eq!(page.body.matches("<script").count(), 1);
        assert!(page.body.contains(&format!("<script nonce=\"{nonce}\">")));
        // Nothing comes from elsewhere.
        for word in ["https://", "src=", "@import", "innerHTML"] {
            assert!(!page.body.contains(word), "{word}");
        }
        nonce
    };
    assert_ne!(nonce(), nonce());
}

#[test]
fn nothing_can_be_changed() {
    let program = start(&["1"]);
    for method in [
        "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get",
    ] {
        let request =
            format!("{method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
        assert_eq!(program.say(request.as_bytes()).status, 405, "{method}");
    }
    let head = program.say(b"HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert!(!head.head.contains("Content-Length: 0"), "{}", head.head);
}

#[test]
fn what_is_no_request_is_refused() {
    let program = start(&["1"]);
    let long_target = format!(
        "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "a".repeat(100_000)
    );
    let long_field = format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "a".repeat(100_000));
    let many_fields = format!("GET / HTTP/1.1\r\n{}\r\n", "A: a\r\n".repeat(1000));
    for (request, status) in [
        ("\r\n\r\n\u{0}\r\n", 400),
        ("what is this?\r\n\r\n", 400),
        ("GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}", 400),
        ("GET / HTTP/1.1\r\nno field\r\n\r\n", 400),
        (long_target.as_str(), 431),
        (long_field.as_str(), 431),
        (many_fields.as_str(), 431),
    ] {
        let answer = program.say(request.as_bytes());
        assert_eq!(answer.status, status, "{request:.60}");
    }
    // Escapes of a query that are none, and a target that is none.
    assert_eq!(program.get("/tree.json?q=%zz%&limit=-1&&=").status, 200);
    assert_eq!(program.get("//").status, 404);
    assert_eq!(program.get("/../../etc/passwd").status, 404);
}
