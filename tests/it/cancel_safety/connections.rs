//! Connections: every client is accepted once.

use super::*;
use std::net::Ipv4Addr;
use std::sync::atomic::AtomicBool;
use vthread::net::{TcpListener, TcpStream};

struct Accept<'a> {
    listener: &'a TcpListener,
    n_accepted: AtomicUsize,
}

#[vthread]
impl Attempt for Accept<'_> {
    fn attempt(&self, counts: &Counts, _random: u64) {
        counts.begin();
        let (mut stream, _) = self.listener.accept().unwrap();
        self.n_accepted.fetch_add(1, Ordering::SeqCst);
        counts.done();
        // The client waits for this, whatever happens to the vthread that accepted it.
        shield! { stream.write_all(b"!").unwrap() }
    }
}

/// Connects, and gets an answer.
#[vthread]
fn connect(listener: &TcpListener) {
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let mut answer = [0];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"!");
}

#[vthread]
fn accept(seed: u64, n: usize) -> (usize, usize) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let what = Accept {
        listener: &listener,
        n_accepted: AtomicUsize::new(0),
    };
    let (is_over, n_connected) = (AtomicBool::new(false), AtomicUsize::new(0));
    let n_last = AtomicUsize::new(0);
    let result = group! {
        for _ in 0..2 {
            spawn! {
                while !is_over.load(Ordering::SeqCst) {
                    connect(&listener);
                    n_connected.fetch_add(1, Ordering::SeqCst);
                    // Few enough that accepting mostly means waiting.
                    vthread::time::sleep(Duration::from_millis(1));
                }
            }
        }
        let result = storm(&what, seed, n);
        is_over.store(true, Ordering::SeqCst);
        // Connections that are still on their way.
        spawn!(service => {
            loop {
                let (mut stream, _) = listener.accept().unwrap();
                n_last.fetch_add(1, Ordering::SeqCst);
                shield! { stream.write_all(b"!").unwrap() }
            }
        });
        result
    };
    let n_accepted = what.n_accepted.into_inner() + n_last.into_inner();
    assert_eq!(n_accepted, n_connected.into_inner());
    result
}

#[test]
fn a_timed_accept_loses_none() {
    conserved("timed accepts", accept);
}
