//! An attribute of another macro on a method would be given the method's frame, which it could
//! return to anybody.

use vthread::prelude::*;

struct Store;

#[vthread]
impl Store {
    #[cached::proc_macro::cached]
    fn load(&self) -> u32 {
        1
    }
}

fn main() {}
