//! A macro of the user's own that is named like one of std's may wrap its argument in a future: no
//! frame may become part of that.
use vthread::prelude::*;
use vthread::yield_now;

macro_rules! info {
    ($value:expr) => {
        async { $value }
    };
}

macro_rules! warn {
    ($value:expr) => {
        async || $value
    };
}

macro_rules! debug {
    ($value:expr) => {
        || $value
    };
}

struct Client;

#[vthread]
impl Client {
    fn get(&self) -> u32 {
        yield_now();
        1
    }
}

#[vthread]
fn function() {
    let future = info!(yield_now());
    drop(future);
}

#[vthread]
fn method(client: &Client) {
    let future = info!(client.get());
    drop(future);
}

#[vthread]
fn type_relative(client: &Client) {
    let future = info!(Client::get(client));
    drop(future);
}

#[vthread]
fn recursion(n: u32) {
    let future = info!(recursion(n - 1));
    drop(future);
}

#[vthread]
fn a_future_of_the_users() {
    let future = info!(std::future::ready(1).await);
    drop(future);
}

#[vthread]
fn group() {
    let future = info!(group! { spawn! {} });
    drop(future);
}

#[vthread]
fn child() {
    group! {
        let future = info!(spawn! {});
        drop(future);
    }
}

#[vthread]
fn async_closure() {
    let future = warn!(yield_now());
    drop(future);
}

#[vthread]
fn plain_closure() {
    let closure = debug!(yield_now());
    drop(closure);
}

fn main() {}
