//! A call is made once.
use vthread::Call;

pub fn twice<R, F: Clone>(call: &Call<R, F>) -> Call<R, F> {
    call.clone()
}

fn main() {}
