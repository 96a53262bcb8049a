//! A call does not become a future.
use std::future::{Future, IntoFuture};
use vthread::Call;

pub fn poll<F: Future>(call: Call<F>) -> impl Future {
    call.into_future()
}

fn main() {}
