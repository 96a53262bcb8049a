//! Waiters for a socket that go away leave little behind, though nothing happens there.

use soak::heap::{Counted, in_use};
use std::io;
use vthread::io::Read;
use vthread::net::{TcpListener, TcpStream};
use vthread::prelude::*;
use vthread::yield_now;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

/// So many wait one after the other.
const N: usize = 32_000;
/// What the tables and the threads of the library may take meanwhile.
const MOST: usize = 1 << 20;

/// A vthread begins to wait for a byte, and goes away.
#[vthread]
fn one_waits_in_vain(mut stream: &TcpStream) {
    group! {
        spawn! {
            select! {
                biased;
                read = stream.read(&mut [0]) => panic!("{read:?}"),
                () = yield_now() => {}
            }
        };
    }
}

#[vthread]
fn many_wait_in_vain(n: usize) -> io::Result<usize> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let _client = TcpStream::connect(listener.local_addr()?)?;
    let (stream, _) = listener.accept()?;
    let mut before = 0;
    for i in 0..n {
        one_waits_in_vain(&stream);
        if i == 100 {
            before = in_use();
        }
    }
    Ok(in_use().saturating_sub(before))
}

#[test]
fn waiters_that_have_ended_do_not_pile_up() {
    let grown = many_wait_in_vain(N).unwrap();
    assert!(grown < MOST, "{grown}");
}
