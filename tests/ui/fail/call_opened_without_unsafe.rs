//! What the macros use to take a call's frame is unsafe.
use vthread::Call;

pub fn open<F>(call: Call<F>) -> F {
    vthread::__rt::frame(call)
}

fn main() {}
