//! Every option, handle and exit of `group!` and `spawn!`, in a crate as strict as they come.
#![forbid(unsafe_code)]
#![deny(warnings)]

use std::num::ParseIntError;
use vthread::prelude::*;

#[vthread]
fn sum(texts: &[&str]) -> Result<u32, ParseIntError> {
    let mut total = 0;
    let tasks = group!(g, max_concurrency = 2, name = "sum" => {
        let mut tasks = Vec::new();
        for (i, text) in texts.iter().enumerate() {
            tasks.push(spawn!(name = format!("text {i}") => { text.parse::<u32>() }));
            spawn!(g, move => { println!("{text}"); });
        }
        spawn!(service => {
            loop {
                vthread::yield_now();
            }
        });
        tasks
    })?;
    for task in tasks {
        total += task.join();
    }
    Ok(total)
}

#[vthread]
fn first_even(numbers: &[u32]) -> Option<u32> {
    for &n in numbers {
        group! {
            let task = spawn! { n % 2 == 0 };
            if !task.join() {
                continue;
            }
            return Some(n);
        }
    }
    None
}

fn main() {
    assert_eq!(sum(&["1", "2", "3"]), Ok(6));
    assert!(sum(&["1", "x"]).is_err());
    assert_eq!(first_even(&[1, 3, 4]), Some(4));
    assert_eq!(first_even(&[1, 3]), None);

    let n = group!(error = ParseIntError => {
        let task = spawn! { "5".parse::<u32>() };
        task.join()
    });
    assert_eq!(n, Ok(5));
}
