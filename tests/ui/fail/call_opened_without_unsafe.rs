//! What the macros use to take a call's frame is unsafe.
use vthread::Call;

pub fn open<R, F>(call: Call<R, F>) -> F {
    vthread::__rt::frame(call)
}

fn main() {}
