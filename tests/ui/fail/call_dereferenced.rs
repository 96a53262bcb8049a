//! A call does not lead to its frame.
use vthread::Call;

pub fn look<R, F>(call: &Call<R, F>) -> &F {
    &**call
}

fn main() {}
