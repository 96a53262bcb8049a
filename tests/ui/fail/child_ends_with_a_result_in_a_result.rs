//! The child's own error stands inside the result of the `timeout!`, and would be overlooked.
use std::time::Duration;
use vthread::prelude::*;
use vthread::time::Elapsed;

struct Error;

impl From<Elapsed> for Error {
    fn from(_: Elapsed) -> Self {
        Error
    }
}

#[vthread]
fn save() -> Result<u8, Error> {
    Ok(1)
}

#[vthread]
fn f() -> Result<(), Error> {
    group! {
        spawn! { timeout!(Duration::from_secs(1) => save()) };
    }?;
    Ok(())
}

fn main() {}
