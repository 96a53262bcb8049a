use vthread::prelude::*;

context_var! {
    static mut ID: u64 = 0;
}

fn main() {}
