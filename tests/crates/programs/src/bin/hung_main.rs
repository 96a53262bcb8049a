//! A server that hangs.

use vthread::prelude::*;
use vthread::sync::{Mutex, Receiver, channel};
use vthread::time::{Duration, sleep};

#[vthread]
fn client(messages: &Receiver<()>) {
    let _ = messages.recv();
}

#[vthread]
fn update(state: &Mutex<u64>, messages: &Receiver<()>) {
    let mut state = state.lock();
    client(messages); // with the lock in its hands
    *state += 1;
}

#[vthread]
fn main() {
    let (_sender, messages) = channel(1);
    let state = Mutex::new(0);
    group!(name = "server" => {
        for _ in 0..1000 {
            spawn! { client(&messages); }
        }
        spawn!(name = "updater" => { update(&state, &messages); });
        spawn!(name = "clock" => {
            loop {
                *state.lock() += 1;
                sleep(Duration::from_millis(1));
            }
        });
    });
}
