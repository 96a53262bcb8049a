//! A function that C calls cannot suspend.
use vthread::prelude::*;

#[vthread]
extern "C" fn on_event(code: i32) -> i32 {
    code + 1
}

fn main() {
    let _: i32 = on_event(1);
}
