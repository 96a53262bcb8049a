//! `?`, `return`, `break` and `continue` leave the body of a `catch_unwind!` for where they say, and
//! what is open in it has ended then.
#![deny(warnings)]
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn leaves(n: u32, ended: &AtomicU32) -> Result<u32, String> {
    let mut rounds = 0;
    'outer: loop {
        for i in 0.. {
            rounds += 1;
            let caught: std::thread::Result<u32> = catch_unwind! {
                group! {
                    spawn! { yield_now(); ended.fetch_add(1, SeqCst); };
                    match (n, i) {
                        (0, _) => return Ok(rounds),
                        (1, 2) => break 'outer,
                        (2, 4) => Err(format!("after {rounds}"))?,
                        (3, 3) => panic!("caught"),
                        (_, 0) => continue,
                        _ => i,
                    }
                }?
            };
            match caught {
                Ok(n) => assert_eq!(n, i),
                Err(_) => return Ok(100 + rounds),
            }
        }
    }
    Ok(10 + rounds)
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let ended = AtomicU32::new(0);
    assert_eq!(leaves(0, &ended), Ok(1));
    assert_eq!(leaves(1, &ended), Ok(13));
    assert_eq!(ended.load(SeqCst), 1 + 3);
    // A failure and a panic cancel the last child, which may not have begun.
    assert_eq!(leaves(2, &ended), Err("after 5".to_owned()));
    assert_eq!(leaves(3, &ended), Ok(104));
}
