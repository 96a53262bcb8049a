//! What the macros use to make a call is unsafe.
use std::future::Ready;
use vthread::Call;

fn main() {
    let _: fn(Ready<u32>) -> Call<u32, Ready<u32>> = vthread::__rt::call;
}
