//! A child of the outer group borrows what lives around the inner group only.
use vthread::prelude::*;

#[vthread]
fn f() {
    group!(g => {
        for i in 0..2 {
            let name = format!("{i}");
            group! {
                spawn!(g => { println!("{}", &name); });
            }
            drop(name);
        }
    })
}

fn main() {}
