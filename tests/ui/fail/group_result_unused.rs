//! A group whose children can fail is a `Result`, which must be used.
#![deny(warnings)]
use std::num::ParseIntError;
use vthread::prelude::*;

#[vthread]
fn f(text: &str) -> Result<(), ParseIntError> {
    group! {
        spawn! {
            let n: u32 = text.parse()?;
            println!("{n}");
        }
    }
    Ok(())
}

fn main() {
    f("1").unwrap();
}
