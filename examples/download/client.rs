//! One download: connect, ask, stream the body to a file.

use std::io;
use std::path::Path;
use std::time::Instant;

use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use vthread::hyper::Io;
use vthread::net::TcpStream;
use vthread::prelude::*;

use crate::failure::Cause;
use crate::job::Job;
use crate::part_file::PartFile;
use crate::progress::Progress;
use crate::summary::Page;

/// How much of a body is collected before a helper thread writes it.
const WRITE_LEN: usize = 64 * 1024;

/// Downloads one page into `directory`.
#[vthread]
pub(crate) fn fetch(job: &Job, directory: &Path, progress: &Progress) -> Result<Page, Cause> {
    let started = Instant::now();
    let stream = TcpStream::connect(job.address()).map_err(Cause::Connect)?;
    stream.set_nodelay(true).map_err(Cause::Connect)?;
    let (mut requests, connection) = http1::handshake(Io::new(stream))
        .await
        .map_err(Cause::Http)?;
    group! {
        // hyper's connection is a future that moves the bytes for as long as it is polled. Its
        // result is a value here, because the code that waits for the answer gets the error first.
        let connection = spawn!(service => { Ok(connection.await) });

        let response = requests.send_request(job.request()).await.map_err(Cause::Http)?;
        if !response.status().is_success() {
            return Err(Cause::Status(response.status()));
        }
        let announced = response.body().size_hint().exact();
        let file = PartFile::begin(directory, job.file_name()).map_err(|e| write_error(job, directory, e))?;
        let bytes = receive(response, &file, progress)
            .map_err(|broken| broken.into_cause(job, directory, announced))?;

        // Without a sender the connection closes, and reports whether the server sent too much.
        drop(requests);
        connection.join().map_err(|cause| Cause::Surplus { announced, cause })?;

        file.finish().map_err(|e| write_error(job, directory, e))?;
        Page { name: job.file_name().to_owned(), bytes, took: started.elapsed() }
    }
}

/// Streams a body into `file` and returns its length.
#[vthread]
fn receive(
    mut response: Response<Incoming>,
    file: &PartFile,
    progress: &Progress,
) -> Result<u64, Broken> {
    let mut received = 0;
    let mut gathered = Vec::new();
    while let Some(frame) = response.frame().await {
        let frame = frame.map_err(|cause| Broken::Body { received, cause })?;
        // Frames without data are trailers, which are not part of the page.
        let Some(data) = frame.data_ref() else {
            continue;
        };
        received += data.len() as u64;
        progress.received(data.len() as u64);
        gathered.extend_from_slice(data);
        if gathered.len() >= WRITE_LEN {
            file.append(std::mem::take(&mut gathered))
                .map_err(Broken::File)?;
        }
    }
    if !gathered.is_empty() {
        file.append(gathered).map_err(Broken::File)?;
    }
    Ok(received)
}

/// The reason why a body did not reach its file.
#[derive(Debug)]
enum Broken {
    Body { received: u64, cause: hyper::Error },
    File(io::Error),
}

impl Broken {
    fn into_cause(self, job: &Job, directory: &Path, announced: Option<u64>) -> Cause {
        match self {
            Broken::Body { received, cause } => Cause::CutShort {
                received,
                announced,
                cause,
            },
            Broken::File(cause) => write_error(job, directory, cause),
        }
    }
}

fn write_error(job: &Job, directory: &Path, cause: io::Error) -> Cause {
    Cause::File {
        path: directory.join(job.file_name()),
        cause,
    }
}
