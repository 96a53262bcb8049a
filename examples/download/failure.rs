//! Failures, each in one line that a user can act on.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use hyper::StatusCode;

/// The reason why the whole run failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The user pressed ctrl-c.
    Interrupted,
    /// Ctrl-c can't be listened for.
    Signal(io::Error),
    /// An argument is not a URL that this program can download.
    BadUrl { url: String, why: String },
    /// The directory for the files can't be used.
    Directory { path: PathBuf, cause: io::Error },
    /// The example's server can't work.
    Server(io::Error),
    /// A page could not be downloaded.
    Page { url: String, cause: Cause },
}

impl Failure {
    /// The exit code of the process: a shell reports 130 for a process that ctrl-c ended.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Failure::Interrupted => 130,
            _ => 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Interrupted => write!(f, "interrupted"),
            Failure::Signal(cause) => write!(f, "cannot listen for ctrl-c: {cause}"),
            Failure::BadUrl { url, why } => write!(f, "{url}: {why}"),
            Failure::Directory { path, cause } => {
                write!(f, "cannot use the directory {}: {cause}", path.display())
            }
            Failure::Server(cause) => write!(f, "the example's own server failed: {cause}"),
            Failure::Page { url, cause } => write!(f, "{url}: {cause}"),
        }
    }
}

/// The reason why one page could not be downloaded.
#[derive(Debug)]
pub(crate) enum Cause {
    /// There is no connection to the server.
    Connect(io::Error),
    /// The server does not speak HTTP as it should.
    Http(hyper::Error),
    /// The server refused, or redirected us.
    Status(StatusCode),
    /// The body ended early.
    CutShort {
        received: u64,
        announced: Option<u64>,
        cause: hyper::Error,
    },
    /// The server sent more than it announced.
    Surplus {
        announced: Option<u64>,
        cause: hyper::Error,
    },
    /// The file could not be written.
    File { path: PathBuf, cause: io::Error },
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Connect(cause) => write!(f, "cannot connect: {cause}"),
            Cause::Http(cause) => write!(f, "bad answer: {}", chain(cause)),
            Cause::Status(status) => write!(f, "the server answered {status}"),
            Cause::CutShort {
                received,
                announced: Some(announced),
                cause,
            } => {
                write!(
                    f,
                    "the body ended after {received} of {announced} bytes: {}",
                    chain(cause)
                )
            }
            Cause::CutShort {
                received,
                announced: None,
                cause,
            } => {
                write!(
                    f,
                    "the body broke off after {received} bytes: {}",
                    chain(cause)
                )
            }
            Cause::Surplus {
                announced: Some(announced),
                cause,
            } => {
                write!(
                    f,
                    "the server sent more than the {announced} bytes announced: {}",
                    chain(cause)
                )
            }
            Cause::Surplus {
                announced: None,
                cause,
            } => {
                write!(f, "the server sent more than one answer: {}", chain(cause))
            }
            Cause::File { path, cause } => write!(f, "cannot write {}: {cause}", path.display()),
        }
    }
}

/// An error and its causes in one line: hyper's own text names only the outermost.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
