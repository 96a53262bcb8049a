//! What the macros use to make a group is unsafe.
use vthread::__rt::{GroupOptions, Owner};

pub fn make(options: GroupOptions) -> Owner<String> {
    Owner::new(options)
}

fn main() {}
