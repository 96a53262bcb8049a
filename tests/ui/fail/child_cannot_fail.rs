//! Where the function returns no `Result`, a group has no error type.
use vthread::prelude::*;

#[vthread]
fn save() -> Result<u32, String> {
    Ok(1)
}

#[vthread]
fn by_question_mark() {
    group! {
        spawn! { save()?; }
    }
}

#[vthread]
fn by_tail() {
    group! {
        spawn! { save() }
    }
}

#[vthread]
fn by_return() {
    group! {
        spawn! { return save().map(|_| ()); }
    }
}

#[vthread]
fn by_err() {
    group! {
        spawn! { if save().is_ok() { Ok(1) } else { Err("no") } }
    }
}

macro_rules! bail {
    ($text:literal) => {
        return Err($text.to_string())
    };
}

#[vthread]
fn by_bail() {
    group! {
        spawn! { bail!("no"); }
    }
}

fn in_plain_code() {
    group! {
        spawn! { save()?; }
    }
}

fn main() {
    // It expands in none of the groups above, which are refused first.
    let _: fn() -> Result<(), String> = || bail!("no");
}
