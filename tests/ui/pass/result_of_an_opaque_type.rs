//! The group's error type follows from the function's, also where its value has no name.
#![forbid(unsafe_code)]
#![deny(warnings)]

use std::fmt::Display;
use std::num::ParseIntError;
use vthread::prelude::*;

#[vthread]
fn parse(text: &str) -> Result<impl Display + use<>, ParseIntError> {
    group! {
        let task = spawn! {
            let n: u32 = text.parse()?;
            n + 1
        };
        task.join()
    }
}

fn main() {
    assert_eq!(parse("1").unwrap().to_string(), "2");
    assert!(parse("x").is_err());
}
