//! A program that forks after its runtime has started, as those do that become daemons. The child
//! has none of the threads that would run its vthreads.

#![allow(unsafe_code)] // Forks.

use std::io::Write;
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn answer() -> u32 {
    group! {
        let task = spawn! { yield_now(); 7 };
        task.join()
    }
}

fn main() {
    assert_eq!(answer(), 7);
    // SAFETY: the child makes one call, prints, and ends.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let result = std::panic::catch_unwind(answer);
        let _ = match result {
            Ok(n) => writeln!(std::io::stdout(), "the child's call gave {n}"),
            Err(_) => writeln!(std::io::stdout(), "the child's call panicked"),
        };
        // SAFETY: nothing of this process is left to be done.
        unsafe { libc::_exit(0) }
    }
    assert!(child > 0, "{}", std::io::Error::last_os_error());
    let mut status = 0;
    // SAFETY: a child of this process, and a place for its status.
    let ended = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!((ended, status), (child, 0));
    assert_eq!(answer(), 7);
    println!("the parent's call gave 7");
}
