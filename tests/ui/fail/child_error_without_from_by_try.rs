//! The child's error does not convert into the group's, at `?`.
use vthread::prelude::*;

#[vthread]
fn f(text: &str) -> Result<(), std::io::Error> {
    group! {
        spawn! {
            let n: u32 = text.parse()?;
            println!("{n}");
        }
    }
}

fn main() {}
