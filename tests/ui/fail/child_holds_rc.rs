//! A child runs on any thread: it cannot hold an `Rc`, borrowed or its own.
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn borrowed() -> usize {
    let counter = std::rc::Rc::new(3);
    group! {
        let task = spawn! { *counter };
        task.join()
    }
}

#[vthread]
fn across_a_suspension() {
    group! {
        spawn! {
            let counter = std::rc::Rc::new(3);
            yield_now();
            drop(counter);
        }
    }
}

#[vthread]
fn as_value() {
    group! {
        let task = spawn! { std::rc::Rc::new(1) };
        drop(task);
    }
}

fn main() {}
