//! A server of the Unix domain that has run out of descriptors, continues, and serves all clients
//! in the end. Run it with few descriptors.

use std::os::unix::net::UnixStream as Client;
use std::time::{Duration, Instant};
use vthread::net::UnixListener;
use vthread::prelude::*;

const CLIENTS: usize = 40;

/// Returns how often it was told that there are no descriptors.
#[vthread]
fn accept_all(listener: &UnixListener) -> usize {
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
    let path = std::env::temp_dir().join(format!("at_the_limit_{}", std::process::id()));
    // A killed process of this number may have left one.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).expect("a path");
    let _clients: Vec<_> = (0..CLIENTS)
        .map(|_| Client::connect(&path).expect("the system accepts it"))
        .collect();
    let begun = Instant::now();
    let n_refused = accept_all(&listener);
    assert!(n_refused >= 4, "{n_refused}");
    // 5, 10, 20 and 40 milliseconds.
    assert!(begun.elapsed() >= Duration::from_millis(75));
    std::fs::remove_file(path).expect("it is there");
    println!("all were accepted");
}
