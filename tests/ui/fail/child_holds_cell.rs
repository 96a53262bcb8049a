//! Children share what they borrow with the parent, which goes on in parallel.
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn shared() {
    let cell = std::cell::Cell::new(1);
    group! {
        spawn! {
            yield_now();
            cell.set(2);
        }
    }
}

fn main() {}
