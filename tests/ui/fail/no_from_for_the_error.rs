//! A child's error converts into the group's by `From`.
use vthread::prelude::*;

#[derive(Debug)]
struct Error;

#[derive(Debug)]
struct Other;

#[vthread]
fn other() -> Result<(), Other> {
    Err(Other)
}

#[vthread]
fn by_tail() -> Result<(), Error> {
    group! {
        spawn! { other() }
    }
}

#[vthread]
fn by_err() -> Result<(), Error> {
    group! {
        spawn! { if other().is_ok() { Ok(()) } else { Err(Other) } }
    }
}

#[vthread]
fn by_question_mark() -> Result<(), Error> {
    group! {
        spawn! { other()?; }
    }
}

#[vthread]
fn of_the_body() -> Result<(), Error> {
    group! {
        spawn! {}
        other()
    }
}

fn main() {}
