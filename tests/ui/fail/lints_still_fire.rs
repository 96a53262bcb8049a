//! What rustc warns of in a plain function, it warns of in a vthread function.
#![deny(warnings)]

use vthread::prelude::*;

struct Store;

#[vthread]
impl Store {
    fn called(&self, unused_argument: u32) {
        let unused_variable = 1;
        let mut never_mutated = 2;
        println!("{never_mutated}");
    }
}

#[vthread]
fn child() {
    group! {
        spawn! {
            let unused_in_child = 1;
        }
    }
}

fn main() {
    Store.called(1).block();
    child();
}
