//! Whether a group has an error type is asked of the function's return type, through aliases; here it is none.
use vthread::prelude::*;

struct Summary(u32);
type Answer = Summary;

#[vthread]
fn by_err(n: u32) -> Answer {
    group! {
        let task = spawn! { if n == 0 { Err("zero") } else { Ok(n) } };
        Summary(task.join())
    }
}

#[vthread]
fn by_tail(text: &str) -> Answer {
    group! {
        let task = spawn! { text.parse::<u32>() };
        Summary(task.join())
    }
}

fn main() {}
