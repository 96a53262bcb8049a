//! A program that hangs: a lock is held across a wait for a message that never comes, and clients
//! are idle. With `stuck`, every worker computes as well.

use std::hint::black_box;
use vthread::prelude::*;
use vthread::sync::{Mutex, channel};

const CLIENTS: usize = 1000;

#[vthread]
fn client(rx: &vthread::sync::Receiver<()>) {
    let _ = rx.recv();
}

#[vthread]
fn main() {
    let (_tx, rx) = channel::<()>(1);
    let state = Mutex::new(0);
    let is_stuck = std::env::args().nth(1).as_deref() == Some("stuck");
    group!(name = "server" => {
        for _ in 0..CLIENTS {
            spawn! { client(&rx); }
        }
        spawn!(name = "holder" => {
            let mut state = state.lock();
            client(&rx);
            *state += 1;
        });
        // It may have the lock before the holder has, but not for good.
        spawn!(name = "waiter" => {
            loop {
                *state.lock() += 1;
                vthread::yield_now();
            }
        });
        while !is_as_planned() {
            vthread::yield_now();
        }
        if is_stuck {
            for _ in 0..vthread::metrics().workers {
                spawn! {
                    loop {
                        black_box(());
                    }
                }
            }
        }
        println!("ready");
    });
}

fn is_as_planned() -> bool {
    let text = vthread::dump().to_string();
    text.contains("`waiter`")
        && text.contains(" for a lock that `holder`")
        && text.matches(" waits for a message").count() == CLIENTS + 1
}
