//! No warning: where it is allowed, in closures, and for what is not std's but has its names.
#![deny(warnings)]
use std::time::Duration;
use vthread::prelude::*;

mod mine {
    pub mod thread {
        pub fn sleep<T>(_: T) {}
    }
    pub mod fs {
        pub struct File<T>(pub T);
        pub fn read<T: Default>(_: &str) -> T {
            T::default()
        }
        impl<T: Default> File<T> {
            pub fn open(_: &str) -> Self {
                File(T::default())
            }
            pub fn accept(&self) -> u8 {
                1
            }
        }
    }
}

#[vthread]
#[allow(deprecated)]
fn allowed() {
    std::thread::sleep(Duration::ZERO);
}

#[vthread]
fn others_of_these_names() -> u8 {
    use mine::fs::{self, File};
    use mine::thread::{self, sleep};
    thread::sleep(1);
    sleep(Duration::ZERO);
    mine::thread::sleep("");
    let file = File::<u8>::open("");
    let n: u8 = fs::read("");
    let m: u8 = fs::File::open("").0;
    n + m + file.accept()
}

#[vthread]
fn ours() {
    use vthread::fs;
    use vthread::time::sleep;
    sleep(Duration::ZERO);
    let _ = (fs::read(""), fs::File::open(""));
    let (sender, receiver) = vthread::sync::channel::<u8>(1);
    drop(sender);
    let _ = receiver.recv();
    let _ = vthread::blocking(|| std::fs::read(""));
}

mod tokio {
    pub mod task {
        pub async fn spawn_blocking<T>(work: impl FnOnce() -> T) -> T {
            work()
        }
    }
}

/// What a thread of its own blocks does not poll the async block.
#[vthread]
fn on_other_threads() -> u8 {
    #[vthread]
    fn number(n: u8) -> u8 {
        vthread::yield_now();
        n
    }
    let future = async {
        let there = std::thread::spawn(move || number(1));
        tokio::task::spawn_blocking(|| number(2)).await + there.join().unwrap()
    };
    future.await
}

// Imported beside the prelude, std's trait takes the place of vthread's.
mod with_the_traits_of_std {
    use std::io::{self, BufRead};
    use vthread::prelude::*;

    #[vthread]
    pub fn not_the_standard_input(stdin: &str) -> Result<usize, std::io::Error> {
        let n = stdin.lines().count() + stdin.split('\n').count() + stdin.bytes().count();
        let mut text = String::new();
        let mut bytes = stdin.as_bytes();
        bytes.read_line(&mut text)?;
        bytes.read_until(b'b', &mut Vec::new())?;
        text += &io::read_to_string(stdin.as_bytes())?;
        Ok(n + text.len())
    }
}

fn main() {
    assert_eq!(with_the_traits_of_std::not_the_standard_input("a\nb").unwrap(), 12);
    allowed();
    assert_eq!(others_of_these_names(), 1);
    ours();
    assert_eq!(on_other_threads(), 3);
}
