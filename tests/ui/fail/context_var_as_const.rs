use vthread::prelude::*;

context_var! {
    pub const ID: u64 = 0;
}

fn main() {}
