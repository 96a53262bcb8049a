//! The download as a job of many processes, which may run on many machines.
//!
//! The pages to fetch stand in a stream of Redis'. Each worker takes some, fetches them, stores
//! what it found, and says so; what a worker held that died goes to another one. See the README
//! beside this file.
//!
//! ```text
//! redis-server &
//! cargo run --example cluster -- add http://127.0.0.1:8000/1 http://127.0.0.1:8000/2
//! cargo run --example cluster -- work &
//! cargo run --example cluster -- work
//! cargo run --example cluster -- show
//! ```

mod page;
mod queue;
mod redis;

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use vthread::prelude::*;
use vthread::time::{interval, sleep};

use crate::queue::{Claim, Queue};

#[derive(Debug, Parser)]
#[command(name = "cluster")]
struct Args {
    /// The Redis server.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:6379")]
    redis: SocketAddr,

    #[command(subcommand)]
    job: Job,
}

#[derive(Debug, Subcommand)]
enum Job {
    /// Adds pages to be fetched.
    Add { urls: Vec<String> },
    /// Fetches pages until every page that was added is stored.
    Work(Work),
    /// Shows what is stored.
    Show,
}

#[derive(Debug, clap::Args)]
struct Work {
    /// How many pages this process fetches at a time.
    #[arg(long, value_name = "N", default_value = "4")]
    concurrency: usize,

    /// A worker that has said nothing for so long is taken to be dead.
    #[arg(long, value_name = "MILLISECONDS", default_value = "5000")]
    silence: u64,
}

#[vthread]
fn main() -> ExitCode {
    let args = Args::parse();
    let done = match &args.job {
        Job::Add { urls } => add(args.redis, urls),
        Job::Work(options) => work(args.redis, options),
        Job::Show => show(args.redis),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[vthread]
fn add(redis: SocketAddr, urls: &[String]) -> io::Result<()> {
    let mut queue = Queue::open(redis, "adder")?;
    for url in urls {
        queue.add(url)?;
    }
    println!("{} pages added", urls.len());
    Ok(())
}

#[vthread]
fn show(redis: SocketAddr) -> io::Result<()> {
    let mut queue = Queue::open(redis, "reader")?;
    for (url, result) in queue.results()? {
        println!("{url}: {result}");
    }
    let progress = queue.progress()?;
    println!(
        "{} of {} pages stored, {} times",
        progress.stored, progress.added, progress.stores
    );
    Ok(())
}

/// The worker: so many vthreads that each fetch a page at a time.
#[vthread]
fn work(redis: SocketAddr, options: &Work) -> io::Result<()> {
    let silence = Duration::from_millis(options.silence);
    group!(name = "worker" => {
        for n in 0..options.concurrency {
            // A name of its own for each: the queue knows by it who holds what.
            let name = format!("{}-{n}", std::process::id());
            spawn! { fetch_all(redis, &name, silence)?; }
        }
    })
}

#[vthread]
fn fetch_all(redis: SocketAddr, name: &str, silence: Duration) -> io::Result<()> {
    let mut queue = Queue::open(redis, name)?;
    loop {
        // What a dead worker held comes first.
        let mut claim = queue.reclaim(silence)?;
        if claim.is_none() {
            claim = queue.take(silence / 4)?;
        }
        match claim {
            Some(claim) => fetch(&mut queue, redis, name, &claim, silence)?,
            None if queue.progress()?.is_complete() => return Ok(()),
            None => {}
        }
    }
}

/// Fetches a page and stores it. While it is fetched, a child tells the queue that the worker
/// lives.
#[vthread]
fn fetch(
    queue: &mut Queue,
    redis: SocketAddr,
    name: &str,
    claim: &Claim,
    silence: Duration,
) -> io::Result<()> {
    let fetched = group! {
        spawn!(service => {
            let mut queue = Queue::open(redis, name)?;
            let mut beat = interval(silence / 4);
            loop {
                beat.tick();
                queue.renew(claim)?;
            }
        });
        Ok(page::fetch(&claim.url))
    }?;
    match fetched {
        Ok(result) => {
            if queue.store(claim, &result)? {
                println!("{}: {result}", claim.url);
            }
        }
        Err(error) => {
            // It stays with this worker, and comes back when the silence is over.
            eprintln!("{}: {error}", claim.url);
            sleep(silence / 10);
        }
    }
    Ok(())
}
