//! The same in plain code.
use vthread::prelude::*;

fn main() {
    let _ = timeout!(5 => { vthread::yield_now(); });
}
