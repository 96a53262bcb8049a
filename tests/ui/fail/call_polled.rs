//! A call is not a future.
use std::future::Future;
use vthread::Call;

fn needs_future<F: Future>(_: F) {}

pub fn poll<R, F: Future>(call: Call<R, F>) {
    needs_future(call);
}

fn main() {}
