//! In a plain function a group has an error type only by `error = E`.
use std::num::ParseIntError;
use vthread::prelude::*;

fn main() -> Result<(), ParseIntError> {
    group! {
        spawn! {
            let n: u32 = "1".parse()?;
            println!("{n}");
        }
    }
    Ok(())
}
