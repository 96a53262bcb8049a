//! Downloads many pages in parallel: the main job of this crate, end to end.
//!
//! ```text
//! cargo run --release --example download -- [--max-concurrency N] [--out DIR] [URL...]
//! ```
//!
//! Every page is a child of one thread group, which holds `--max-concurrency` of them at a time.
//! The first failure cancels the others, and so does ctrl-c, which is itself just one more child
//! that fails. A page is written under a temporary name and renamed when it is complete, so partial
//! files never remain; complete files of a run that failed later do.
//!
//! Without URLs the example starts a server of its own on the loopback interface and downloads
//! 200 pages from it, so it also works on a machine without a network.
//!
//! It ends with exit code 0, with 1 after a failure, or with 130 after ctrl-c.

mod client;
mod failure;
mod job;
mod part_file;
mod progress;
mod server;
mod summary;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use vthread::net::TcpListener;
use vthread::prelude::*;
use vthread::signal::{Listener, SignalKind, listen};
use vthread::sync::Mutex;

use crate::failure::Failure;
use crate::job::Job;
use crate::progress::Progress;
use crate::summary::Summary;

/// Downloads pages in parallel, each to a file of its own.
#[derive(Debug, Parser)]
#[command(name = "download")]
struct Args {
    /// The pages, as http:// URLs; without any, 200 pages of a server that runs in this process.
    #[arg(value_name = "URL")]
    urls: Vec<String>,

    /// How many pages are under way at a time.
    #[arg(long, value_name = "N", default_value = "16")]
    max_concurrency: NonZeroUsize,

    /// The directory for the files; it is made if it is missing.
    #[arg(long, value_name = "DIR", default_value = "downloads")]
    out: PathBuf,

    /// Makes one page of the own server fail.
    #[arg(long, conflicts_with = "urls")]
    fail: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(summary) => {
            print!("{summary}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

/// The whole job: the example's server, if one is needed, and the downloads.
#[vthread]
fn run(args: &Args) -> Result<Summary, Failure> {
    if !args.urls.is_empty() {
        return download_all(args, &args.urls);
    }
    group!(name = "own pages" => {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(Failure::Server)?;
        let urls = server::urls(listener.local_addr().map_err(Failure::Server)?);
        // A service does not keep the group open: the server ends when the downloads have.
        spawn!(service => { server::serve(&listener, args.fail) });
        download_all(args, &urls)
    })
}

/// Downloads `urls` and returns the summary, or the first failure after everything else has ended.
#[vthread]
fn download_all(args: &Args, urls: &[String]) -> Result<Summary, Failure> {
    // From here on ctrl-c does not end the process, which would leave partial files behind.
    let interrupts = listen(SignalKind::interrupt()).map_err(Failure::Signal)?;
    let started = Instant::now();
    let jobs = job::plan(urls)?;
    prepare(args.out.clone())?;
    let progress = Progress::start(jobs.len());
    let pages = Mutex::new(Vec::new());
    group! {
        spawn!(service => { interrupt(&interrupts) });
        group!(max_concurrency = args.max_concurrency.get(), name = "downloads" => {
            for job in &jobs {
                spawn! {
                    let page = download(job, args, &progress)?;
                    progress.finished(&page);
                    pages.lock().push(page);
                }
            }
        })?;
    }?;
    Ok(Summary::new(
        pages.into_inner(),
        started.elapsed(),
        args.out.clone(),
    ))
}

/// Fails when the user presses ctrl-c, which cancels the rest of the group.
#[vthread]
fn interrupt(interrupts: &Listener) -> Result<(), Failure> {
    interrupts.recv();
    Err(Failure::Interrupted)
}

/// Makes the directory first, so that a bad one is one clear error and not one for each page.
#[vthread]
fn prepare(out: PathBuf) -> Result<(), Failure> {
    let made = out.clone();
    vthread::blocking(move || std::fs::create_dir_all(made))
        .map_err(|cause| Failure::Directory { path: out, cause })
}

/// Downloads one page; its failure carries the URL.
#[vthread]
fn download(job: &Job, args: &Args, progress: &Progress) -> Result<summary::Page, Failure> {
    client::fetch(job, &args.out, progress).map_err(|cause| Failure::Page {
        url: job.url().to_owned(),
        cause,
    })
}
