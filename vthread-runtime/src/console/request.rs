//! What a client asks for, and why it is refused.

use super::percent::decoded;
use std::net::IpAddr;

/// The most bytes of a request's head.
pub(super) const MOST_BYTES: usize = 8 << 10;
/// The most fields of it.
const MOST_FIELDS: usize = 64;

/// A request that is allowed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The body is not wanted.
    pub(super) is_head: bool,
    pub(super) path: String,
    pub(super) query: String,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NotHttp,
    TooLong,
    /// The page only shows.
    NotReading,
    NoHost,
    /// A name of this machine that a page of another site has made up: the browser thinks that it
    /// asks that site.
    OtherHost,
    /// A page of another site asks.
    OtherSite,
}

impl Refusal {
    pub(super) fn status(self) -> &'static str {
        match self {
            Refusal::NotHttp | Refusal::NoHost => "400 Bad Request",
            Refusal::TooLong => "431 Request Header Fields Too Large",
            Refusal::NotReading => "405 Method Not Allowed",
            Refusal::OtherHost | Refusal::OtherSite => "403 Forbidden",
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Refusal::NotHttp => "This is no request of HTTP/1.\n",
            Refusal::TooLong => "The request is too long.\n",
            Refusal::NotReading => "Only GET and HEAD are allowed: nothing can be changed here.\n",
            Refusal::NoHost => "The request names no host.\n",
            Refusal::OtherHost => {
                "The host is not named localhost, 127.0.0.1 or [::1]. The program may allow \
                 others: VTHREAD_CONSOLE=unprotected:ADDRESS, Config::console_unprotected.\n"
            }
            Refusal::OtherSite => "A page of another site may not ask.\n",
        }
    }
}

/// Reads a request from its first bytes. `None`: its head is not all there.
pub(super) fn read(bytes: &[u8], is_unprotected: bool) -> Option<Result<Request, Refusal>> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut head = httparse::Request::new(&mut fields);
    match head.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => Some(check(&head, is_unprotected)),
        Ok(httparse::Status::Partial) if bytes.len() < MOST_BYTES => None,
        Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
            Some(Err(Refusal::TooLong))
        }
        Err(_) => Some(Err(Refusal::NotHttp)),
    }
}

fn check(head: &httparse::Request<'_, '_>, is_unprotected: bool) -> Result<Request, Refusal> {
    let is_head = match head.method {
        Some("GET") => false,
        Some("HEAD") => true,
        _ => return Err(Refusal::NotReading),
    };
    let mut hosts = fields(head, "host");
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(Refusal::NoHost);
    };
    if !is_unprotected && !is_this_machine(host) {
        return Err(Refusal::OtherHost);
    }
    // Browsers say who asks. To follow a link is allowed; the page cannot be framed.
    let is_from_elsewhere = fields(head, "sec-fetch-site").any(|site| site == "cross-site");
    if is_from_elsewhere && !fields(head, "sec-fetch-mode").any(|mode| mode == "navigate") {
        return Err(Refusal::OtherSite);
    }
    let target = head.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Request {
        is_head,
        path: path.to_owned(),
        query: query.to_owned(),
    })
}

fn fields<'h>(head: &'h httparse::Request<'_, '_>, name: &str) -> impl Iterator<Item = &'h str> {
    let of_name = move |field: &&httparse::Header<'_>| field.name.eq_ignore_ascii_case(name);
    let values = head.headers.iter().filter(of_name);
    // A value that is no text is none that is allowed.
    values.map(|field| str::from_utf8(field.value).unwrap_or_default())
}

/// Whether it names this machine as only a user of this machine does, with or without a port.
fn is_this_machine(host: &str) -> bool {
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    let address = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let address: Result<IpAddr, _> = address.unwrap_or(name).parse();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

impl Request {
    /// The value of a parameter of the query, or an empty text.
    pub(super) fn parameter(&self, name: &str) -> String {
        let mut pairs = self.query.split('&');
        let value = pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        value.map(decoded).unwrap_or_default()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn refused(text: &str) -> Refusal {
        read(text.as_bytes(), false).unwrap().unwrap_err()
    }

    #[test]
    fn a_request_has_a_path_and_parameters() {
        let text = b"GET /tree.json?q=a%20b&limit=7&q=c HTTP/1.1\r\nHost: localhost:80\r\n\r\n";
        let request = read(text, false).unwrap().unwrap();
        assert_eq!(request.path, "/tree.json");
        assert_eq!(request.parameter("q"), "a b");
        assert_eq!(request.parameter("limit"), "7");
        assert_eq!(request.parameter("li"), "");
        assert!(!request.is_head);
    }

    #[test]
    fn a_request_may_come_in_pieces_but_not_without_an_end() {
        let text = b"HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        for n in 0..text.len() {
            assert_eq!(read(&text[..n], false), None, "{n}");
        }
        assert!(read(text, false).unwrap().unwrap().is_head);
        let long = format!(
            "GET / HTTP/1.1\r\nHost: localhost\r\nA: {}",
            "a".repeat(MOST_BYTES)
        );
        assert_eq!(refused(&long), Refusal::TooLong);
        let many = format!(
            "GET / HTTP/1.1\r\n{}\r\n",
            "A: a\r\n".repeat(MOST_FIELDS + 1)
        );
        assert_eq!(refused(&many), Refusal::TooLong);
    }

    #[test]
    fn names_of_this_machine_are_the_only_hosts() {
        for host in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1",
            "127.1.2.3:80",
            "[::1]",
            "[::1]:80",
        ] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "example.com",
            "example.com:80",
            "localhost.example.com",
            "0.0.0.0:80",
            "192.168.0.1",
            "[::]",
            "127.0.0.1.example.com",
            "localhost:x",
            "[::1]:80:80",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
        let rebound = "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
        assert_eq!(refused(rebound), Refusal::OtherHost);
        assert!(read(rebound.as_bytes(), true).unwrap().is_ok());
    }

    #[test]
    fn others_are_refused() {
        assert_eq!(refused("\u{1}\u{2}\r\n\r\n"), Refusal::NotHttp);
        assert_eq!(refused("GET / HTTP/2.0\r\n\r\n"), Refusal::NotHttp);
        assert_eq!(refused("GET / HTTP/1.1\r\n\r\n"), Refusal::NoHost);
        let two = "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n";
        assert_eq!(refused(two), Refusal::NoHost);
        let post = "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assert_eq!(refused(post), Refusal::NotReading);
        let image = "GET /dump.json HTTP/1.1\r\nHost: localhost\r\n\
                     Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n\r\n";
        assert_eq!(refused(image), Refusal::OtherSite);
        let link = image.replace("no-cors", "navigate");
        assert!(read(link.as_bytes(), false).unwrap().is_ok());
    }
}
