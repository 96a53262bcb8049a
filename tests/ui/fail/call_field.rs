//! A call does not show its frame.
use vthread::Call;

pub fn open<F>(call: Call<F>) -> F {
    call.frame
}

fn main() {}
