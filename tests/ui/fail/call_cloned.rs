//! A call is made once.
use vthread::Call;

pub fn twice<F: Clone>(call: &Call<F>) -> Call<F> {
    call.clone()
}

fn main() {}
