//! An answer, and its bytes.

use super::request::Refusal;
use std::fmt::Write;
use std::sync::Arc;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// What a document that is no page may load: nothing.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// An answer.
#[derive(Debug)]
pub(super) struct Response {
    status: &'static str,
    kind: &'static str,
    /// What the document may load.
    policy: String,
    /// The name of the file in which a browser keeps it, instead of showing it.
    file: Option<&'static str>,
    body: Arc<Vec<u8>>,
}

impl Response {
    fn new(kind: &'static str, body: Arc<Vec<u8>>) -> Self {
        Response {
            status: "200 OK",
            kind,
            policy: NO_PAGE.to_owned(),
            file: None,
            body,
        }
    }

    pub(super) fn json(body: Arc<Vec<u8>>) -> Self {
        Response::new(JSON, body)
    }

    /// JSON as a file.
    pub(super) fn json_file(file: &'static str, body: Arc<Vec<u8>>) -> Self {
        Response {
            file: Some(file),
            ..Response::new(JSON, body)
        }
    }

    pub(super) fn text(body: Arc<Vec<u8>>) -> Self {
        Response::new(TEXT, body)
    }

    fn words(words: &str) -> Self {
        Response::text(Arc::new(words.as_bytes().to_vec()))
    }

    /// In the format that Prometheus names so.
    pub(super) fn metrics(body: Arc<Vec<u8>>) -> Self {
        Response::new("text/plain; version=0.0.4; charset=utf-8", body)
    }

    /// A page, whose own script and style have this nonce.
    pub(super) fn page(body: String, nonce: &str) -> Self {
        Response {
            policy: format!(
                "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
                 connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
                 frame-ancestors 'none'"
            ),
            ..Response::new("text/html; charset=utf-8", Arc::new(body.into_bytes()))
        }
    }

    pub(super) fn refused(refusal: Refusal) -> Self {
        Response {
            status: refusal.status(),
            ..Response::words(refusal.words())
        }
    }

    pub(super) fn not_found(words: &str) -> Self {
        Response {
            status: "404 Not Found",
            ..Response::words(words)
        }
    }

    /// The head, and the body.
    pub(super) fn into_bytes(self) -> (Vec<u8>, Arc<Vec<u8>>) {
        let mut head = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\
             Content-Security-Policy: {}\r\nCache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\nAllow: GET, HEAD\r\n\
             Connection: close\r\n",
            self.status,
            self.kind,
            self.body.len(),
            self.policy,
        );
        if let Some(file) = self.file {
            // Writing to a string cannot fail.
            let _ = write!(
                head,
                "Content-Disposition: attachment; filename=\"{file}\"\r\n"
            );
        }
        head.push_str("\r\n");
        (head.into_bytes(), self.body)
    }
}
