//! The page on which a browser sees the running program. `README.md` beside this file says what it
//! must withstand.

mod connection;
mod pages;
mod percent;
mod request;
mod response;
mod search;
mod server;
mod tree;
mod tree_json;

use self::pages::Pages;
use self::server::Server;
use crate::config::{self, ConsoleAddress};
use crate::scheduler::threads;
use std::io;
use std::net::TcpListener;

/// Serves the page if the environment or the configuration asks for it. `metrics` returns the
/// figures of the runtime as a text for Prometheus.
#[cold]
pub(crate) fn follow_configuration(metrics: fn() -> String) {
    let address = match config::console_address() {
        Ok(None) => return,
        Ok(Some(address)) => address,
        Err(why) => return eprintln!("vthread: no console: {why}"),
    };
    match start(address, metrics) {
        Ok(addr) => eprintln!("vthread: the console is at http://{addr}/"),
        Err(error) => eprintln!("vthread: no console: {}: {error}", address.addr),
    }
}

/// Serves the page from a thread of its own, until the process ends.
fn start(address: ConsoleAddress, metrics: fn() -> String) -> io::Result<std::net::SocketAddr> {
    let listener = TcpListener::bind(address.addr)?;
    let addr = listener.local_addr()?;
    let server = Server::new(listener, address.is_unprotected)?;
    threads::start_beside("console", move || {
        let error = server.run(Pages::new(metrics));
        eprintln!("vthread: the console has ended: {error}");
    })?;
    Ok(addr)
}
