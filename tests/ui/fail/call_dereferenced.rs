//! A call does not lead to its frame.
use vthread::Call;

pub fn look<F>(call: &Call<F>) -> &F {
    &**call
}

fn main() {}
