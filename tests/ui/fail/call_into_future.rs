//! A call does not become a future.
use std::future::{Future, IntoFuture};
use vthread::Call;

pub fn poll<R, F: Future>(call: Call<R, F>) -> impl Future {
    call.into_future()
}

fn main() {}
