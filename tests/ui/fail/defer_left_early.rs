//! `?`, `return`, `break` and `continue` out of a `defer!`.
use vthread::prelude::*;

#[vthread]
fn tries(text: &str) -> Result<(), std::num::ParseIntError> {
    defer! {
        let n: u32 = text.parse()?;
        drop(n);
    }
    Ok(())
}

#[vthread]
fn returns() {
    defer! {
        return;
    }
}

#[vthread]
fn breaks() {
    loop {
        defer! {
            break;
        }
    }
}

#[vthread]
fn continues() {
    'outer: for _ in 0..3 {
        defer! {
            continue 'outer;
        }
    }
}

fn main() {
    tries("1").unwrap();
    returns();
    breaks();
    continues();
}
