use vthread::prelude::*;

context_var! {
    static ID: u64 = "zero";
}

fn main() {}
