//! An alias of `Result` is one: the failure of a child is the group's, and not lost without a word.
#![deny(warnings)]
use std::io;
use vthread::prelude::*;

type AppResult<T> = Result<T, io::Error>;

fn may_fail() -> AppResult<()> {
    Err(io::Error::other("not lost"))
}

#[vthread]
fn f() -> AppResult<()> {
    group! {
        spawn! { may_fail() };
    }
    Ok(())
}

#[vthread]
fn g() -> AppResult<()> {
    group! {
        spawn! { let _ = 1; may_fail() };
    };
    Ok(())
}

fn main() {
    f().unwrap();
    g().unwrap();
}
