//! The name of a macro where a function is called: the message says how the macro is written.
use std::time::Duration;
use vthread::prelude::*;

macro_rules! twice {
    ($e:expr) => {
        2 * $e
    };
}

#[vthread]
fn work() -> u32 {
    twice!(1)
}

#[vthread]
fn as_with_tokio() -> u32 {
    timeout(Duration::from_secs(1), work()).unwrap_or(0)
}

#[vthread]
fn as_with_threads() {
    spawn(|| work());
}

#[vthread]
fn of_the_file() -> u32 {
    twice(work())
}

#[vthread]
fn of_std() {
    let all = vec(work(), work());
    drop(all);
}

// A function of the name is called.
mod own {
    use vthread::prelude::*;

    #[vthread]
    pub fn timeout(n: u32) -> u32 {
        n
    }
}

#[vthread]
fn of_another_module() -> u32 {
    use own::timeout;
    timeout(work())
}

fn main() {}
