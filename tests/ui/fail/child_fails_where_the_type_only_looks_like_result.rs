//! A group has an error type where the function returns a `Result`, not a type whose name ends so.
use vthread::prelude::*;

struct QueryResult(u32);

#[vthread]
fn f(text: &str) -> QueryResult {
    group! {
        let task = spawn! { text.parse::<u32>()? };
        QueryResult(task.join())
    }
}

fn main() {}
