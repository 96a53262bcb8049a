//! The plan: which URL goes to which file.

use std::collections::HashSet;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::header::{HOST, USER_AGENT};
use hyper::{Request, Uri};

use crate::failure::Failure;

/// The suffix of a page's file until the page is complete.
pub(crate) const PART_SUFFIX: &str = ".part";

/// One page to download.
#[derive(Debug)]
pub(crate) struct Job {
    url: String,
    uri: Uri,
    host: String,
    file_name: String,
}

/// Checks all URLs and chooses a file name of its own for each, before anything is downloaded.
pub(crate) fn plan(urls: &[String]) -> Result<Vec<Job>, Failure> {
    let mut names = Names::default();
    urls.iter().map(|url| Job::new(url, &mut names)).collect()
}

impl Job {
    fn new(url: &str, names: &mut Names) -> Result<Job, Failure> {
        let bad = |why: String| Failure::BadUrl {
            url: url.to_owned(),
            why,
        };
        let uri: Uri = url
            .parse()
            .map_err(|cause| bad(format!("not a URL: {cause}")))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some(other) => {
                return Err(bad(format!("{other}:// is not supported, only http:// is")));
            }
            None => return Err(bad("not a URL: it does not begin with http://".to_owned())),
        }
        // A host in brackets is an IPv6 address, which the resolver expects without them.
        let host = uri
            .host()
            .unwrap_or_default()
            .trim_matches(['[', ']'])
            .to_owned();
        if host.is_empty() {
            return Err(bad("not a URL: it names no host".to_owned()));
        }
        let file_name = names.claim(file_name(uri.path()));
        Ok(Job {
            url: url.to_owned(),
            uri,
            host,
            file_name,
        })
    }

    /// The URL as the user wrote it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The server to connect to.
    pub(crate) fn address(&self) -> (&str, u16) {
        (&self.host, self.uri.port_u16().unwrap_or(80))
    }

    /// The final name of the file.
    pub(crate) fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The request for the page.
    pub(crate) fn request(&self) -> Request<Empty<Bytes>> {
        let target = self
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let port = self
            .uri
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let host = format!("{}{port}", self.uri.host().unwrap_or_default());
        Request::get(target)
            .header(HOST, host)
            .header(USER_AGENT, "vthread-download")
            .body(Empty::new())
            .expect("every part comes from a URL that was parsed")
    }
}

/// The last segment of a URL's path, as a file name that can't leave the directory.
fn file_name(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let plain: String = last
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.%+~=@".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    match plain.trim_start_matches('.') {
        "" => "index.html".to_owned(),
        name => name.to_owned(),
    }
}

/// The file names that are taken in this run, in lower case, because some file systems don't
/// distinguish case.
#[derive(Debug, Default)]
struct Names(HashSet<String>);

impl Names {
    /// `wanted`, or `wanted` with the first number that makes it free: two URLs must never write
    /// to one file, nor one of them to the temporary file of the other.
    fn claim(&mut self, wanted: String) -> String {
        let (stem, extension) = match wanted.rfind('.') {
            Some(dot) => wanted.split_at(dot),
            None => (wanted.as_str(), ""),
        };
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.is_free(&name) {
            name = format!("{stem}-{number}{extension}");
            number += 1;
        }
        self.0.extend(both(&name));
        name
    }

    fn is_free(&self, name: &str) -> bool {
        both(name).iter().all(|taken| !self.0.contains(taken))
    }
}

/// A file's own name and its temporary one.
fn both(name: &str) -> [String; 2] {
    let name = name.to_ascii_lowercase();
    [format!("{name}{PART_SUFFIX}"), name]
}
