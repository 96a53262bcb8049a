//! A call does not show its frame.
use vthread::Call;

pub fn open<R, F>(call: Call<R, F>) -> F {
    call.frame
}

fn main() {}
