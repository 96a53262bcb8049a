//! One port, several processes: each has its runtime, and a parent that replaces what ends.
//!
//! ```text
//! cargo run --release --example prefork -- [--workers N] [--address HOST:PORT]
//! ```
//!
//! The parent opens a listener of the port for each worker (`SO_REUSEPORT`: the system spreads the
//! connections over them), and each worker gets its own as standard input. The parent keeps them
//! open, so that connections which a worker has not accepted wait for the next one: none is lost
//! when a worker is replaced.
//!
//! - A worker that dies is replaced by another one.
//! - `kill -HUP` replaces all of them, one by one: each answers what it has begun.
//! - `kill -TERM` and ctrl-c end all of them in order.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::Duration;

use clap::Parser;
use hyper::Response;
use vthread::hyper::{Server, service};
use vthread::net::{TcpListener, TcpSocket};
use vthread::prelude::*;
use vthread::process::{Child, Command};
use vthread::signal::{SignalKind, listen};
use vthread::sync::{OneshotSender, Receiver, Sender, channel, oneshot};
use vthread::time::sleep;

/// How long requests that run may take at the end of a worker.
const GRACE: Duration = Duration::from_secs(10);

/// How long it takes until a worker that died is replaced: one that dies at once must not keep the
/// parent busy.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Debug, Parser)]
#[command(name = "prefork")]
struct Args {
    /// How many processes serve.
    #[arg(long, value_name = "N", default_value = "2")]
    workers: usize,

    /// The port; 0 is one that is free.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:0")]
    address: SocketAddr,

    /// This is a worker: its standard input is the listener.
    #[arg(long, hide = true)]
    worker: bool,
}

#[vthread]
fn main() -> io::Result<()> {
    let args = Args::parse();
    if args.worker { work() } else { oversee(&args) }
}

/// The worker: serves until it is told to end.
#[vthread]
fn work() -> io::Result<()> {
    let end = listen(SignalKind::terminate())?;
    let listener = TcpListener::try_from(io::stdin().as_fd().try_clone_to_owned()?)?;
    let answer = service(closure!(|_request| {
        sleep(Duration::from_millis(5)); // The work.
        Response::new(format!("answered by {}\n", std::process::id()))
    }));
    let server = Server::new()
        .grace(GRACE)
        .on_failure(|failure| eprintln!("worker {}: {failure:?}", std::process::id()));
    group! {
        // It ends with the group, and answers what has begun.
        spawn!(service => { server.serve(&listener, answer)?; });
        end.recv();
    }
}

/// The order to replace a worker, with a place for the answer.
type Replace = OneshotSender<()>;

/// The parent.
#[vthread]
fn oversee(args: &Args) -> io::Result<()> {
    let (hangup, terminate) = (
        listen(SignalKind::hangup())?,
        listen(SignalKind::terminate())?,
    );
    let interrupt = listen(SignalKind::interrupt())?;
    let listeners = open(args)?;
    group! {
        let mut places: Vec<Sender<Replace>> = Vec::new();
        for listener in &listeners {
            let (orders, rx) = channel(1);
            places.push(orders);
            spawn! { keep(listener, &rx)?; }
        }
        println!("listening on {}", listeners[0].local_addr()?);
        loop {
            select! {
                () = terminate.recv() => break,
                () = interrupt.recv() => break,
                () = hangup.recv() => replace_all(&places),
            }
        }
        // Without a sender the workers are ended, and the group waits for that.
        drop(places);
    }
}

/// One listener for each worker, all of the same port.
#[vthread]
fn open(args: &Args) -> io::Result<Vec<TcpListener>> {
    let mut address = args.address;
    let mut listeners = Vec::new();
    for _ in 0..args.workers.max(1) {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        socket.set_reuseport(true)?;
        socket.bind(address)?;
        address = socket.local_addr()?;
        listeners.push(socket.listen(1024)?);
    }
    Ok(listeners)
}

#[vthread]
fn replace_all(places: &[Sender<Replace>]) {
    for place in places {
        let (done, is_done) = oneshot();
        if place.send(done).is_ok() {
            let _ = is_done.recv();
        }
    }
    println!("replaced {} workers", places.len());
}

/// Keeps a worker alive until there are no more orders.
#[vthread]
fn keep(listener: &TcpListener, orders: &Receiver<Replace>) -> io::Result<()> {
    let mut worker = start(listener)?;
    loop {
        select! {
            status = worker.wait() => {
                eprintln!("worker {} has ended: {}", worker.id(), status?);
                sleep(PAUSE);
                worker = start(listener)?;
            }
            order = orders.recv() => {
                let Ok(done) = order else {
                    return end(&mut worker);
                };
                // Both serve for a moment.
                let mut old = std::mem::replace(&mut worker, start(listener)?);
                end(&mut old)?;
                let _ = done.send(());
            }
        }
    }
}

/// Not by `kill_on_cancel`: a wait that loses a `select!` is cancelled, and the worker shall live.
fn start(listener: &TcpListener) -> io::Result<Child> {
    Command::new(std::env::current_exe()?)
        .arg("--worker")
        .stdin(listener.as_fd().try_clone_to_owned()?)
        .spawn()
}

/// Ends a worker: politely, and by force if that takes too long.
#[vthread]
fn end(worker: &mut Child) -> io::Result<()> {
    // An error: it has ended by itself.
    let _ = worker.signal(SignalKind::terminate());
    let ended = timeout!(GRACE + Duration::from_secs(1) => worker.wait());
    if ended.is_err() {
        worker.kill()?;
        worker.wait()?;
    }
    Ok(())
}
