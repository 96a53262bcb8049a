//! A call does not show its frame to a pattern.
use vthread::Call;

pub fn open<R, F>(call: Call<R, F>) -> F {
    let Call { frame, .. } = call;
    frame
}

fn main() {}
