//! Foreign code calls an `extern` function, and cannot suspend; its callers compile all the same.
use vthread::prelude::*;

#[vthread]
extern "C" fn callback(n: u32) -> u32 {
    n
}

fn main() {
    let pointer: extern "C" fn(u32) -> u32 = callback;
    println!("{}", pointer(1));
}
