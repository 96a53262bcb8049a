//! A server that has run out of descriptors, continues, and serves all clients in the end. Run it
//! with few descriptors.

use std::net::TcpStream as Client;
use std::time::{Duration, Instant};
use vthread::net::TcpListener;
use vthread::prelude::*;

const CLIENTS: usize = 40;

/// Returns how often it was told that there are no descriptors.
#[vthread]
fn accept_all(listener: &TcpListener) -> usize {
    let (mut held, mut n_accepted, mut n_refused) = (Vec::new(), 0, 0);
    while n_accepted < CLIENTS {
        match listener.accept() {
            Ok((stream, _)) => {
                held.push(stream);
                n_accepted += 1;
            }
            Err(error) => {
                assert_eq!(error.raw_os_error(), Some(24), "{error}");
                n_refused += 1;
                if n_refused == 4 {
                    held.clear();
                }
            }
        }
    }
    n_refused
}

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").block().expect("a port");
    let address = listener.local_addr().expect("an address");
    let _clients: Vec<_> = (0..CLIENTS)
        .map(|_| Client::connect(address).expect("the system accepts it"))
        .collect();
    let begun = Instant::now();
    let n_refused = accept_all(&listener);
    assert!(n_refused >= 4, "{n_refused}");
    // 5, 10, 20 and 40 milliseconds.
    assert!(begun.elapsed() >= Duration::from_millis(75));
    println!("all were accepted");
}
