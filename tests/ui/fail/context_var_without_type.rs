use vthread::prelude::*;

context_var! {
    static ID = 0_u64;
}

fn main() {}
