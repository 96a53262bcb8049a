//! The usual `Box<dyn Error>` is not `Send`.
use std::error::Error;
use vthread::prelude::*;

#[vthread]
fn f(text: &str) -> Result<(), Box<dyn Error>> {
    group! {
        spawn! {
            let _: u32 = text.parse()?;
        }
    }
}

fn main() {}
