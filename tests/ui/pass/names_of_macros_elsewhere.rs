//! Variables, functions, modules and other macros that share a name with a macro of vthread.
#![deny(warnings)]

use std::time::Duration;

mod other {
    macro_rules! select {
        ($value:expr) => {
            $value + 1
        };
    }
    pub(crate) use select;
}

mod reexports {
    pub use vthread::{race, shield};
}

mod by_glob {
    use vthread::prelude::*;

    pub fn select() -> u32 {
        1
    }

    #[vthread]
    pub fn group(n: u32) -> u32 {
        n
    }

    pub mod shield {
        pub fn shield() -> u32 {
            3
        }
    }

    #[vthread]
    pub fn all() -> u32 {
        let selected = select! { n = group(5) => n };
        let grouped = group!(g => {
            let task = spawn!(g => group(7));
            task.join()
        });
        let again = select! { n = group(select()) => n };
        selected + grouped + again + shield! { shield::shield() }
    }
}

mod by_name {
    use crate::reexports::{race, shield};
    use std::time::Duration;
    use vthread::{defer, group, spawn, timeout, vthread};

    pub static GROUP: u32 = 1;

    #[vthread]
    pub fn variables(timeout: Duration) -> u32 {
        let inner = timeout!(timeout => { 2 }).unwrap_or(0);
        let group = group!(spawn => {
            let shield = spawn!(spawn => shield! { GROUP });
            shield.join()
        });
        let race = race!(for race in [group, inner] => { Ok::<u32, String>(race) });
        defer! { let _ = group; }
        race.unwrap_or(0).min(1) + inner
    }
}

#[vthread::vthread]
fn two() -> u32 {
    2
}

#[vthread::vthread]
fn in_the_body() -> u32 {
    use vthread::select;
    fn timeout() -> Duration {
        Duration::from_secs(60)
    }
    let n = select! { n = two() => n };
    let limited = vthread::timeout!(within_a_minute(timeout()) => { two() });
    other::select!(n) + limited.unwrap_or(0)
}

fn within_a_minute(time: Duration) -> Duration {
    time.min(Duration::from_secs(60))
}

#[vthread::vthread]
fn by_two_paths() -> u32 {
    let first = vthread::select! { n = two() => n };
    let second = {
        use vthread::select;
        select! { n = two() => n }
    };
    first + second + ::vthread::select! { n = two() => n }
}

#[vthread::vthread]
fn main() {
    assert_eq!(by_glob::all(), 5 + 7 + 1 + 3);
    assert_eq!(by_name::variables(Duration::from_secs(60)), 3);
    assert_eq!(in_the_body(), 5);
    assert_eq!(by_two_paths(), 6);
}
