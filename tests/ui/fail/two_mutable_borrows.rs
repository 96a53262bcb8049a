//! Children run in parallel: only one of them can have `&mut` to one thing.
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn two_children() {
    let mut items = vec![1];
    group! {
        spawn! { items.push(1); }
        spawn! { items.push(2); }
    }
}

#[vthread]
fn in_a_loop() -> u32 {
    let mut sum = 0;
    group! {
        for i in 0..3 {
            spawn! {
                yield_now();
                sum += i;
            }
        }
    }
    sum
}

#[vthread]
fn child_and_body() -> usize {
    let mut items = vec![1];
    group! {
        let task = spawn! { items.len() };
        items.push(2);
        task.join()
    }
}

fn main() {}
