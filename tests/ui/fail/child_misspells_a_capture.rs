//! A misspelt variable in a child.
use vthread::prelude::*;

#[vthread]
fn f() {
    let total = 1;
    group! {
        for i in 0..3 {
            spawn! { println!("{}", totl + i); }
        }
    }
    println!("{total}");
}

fn main() {}
