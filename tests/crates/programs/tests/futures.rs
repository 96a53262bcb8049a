//! What a program says that hangs in a future of its own.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn a_call_that_blocks_a_future_for_long_is_told() {
    let child = Command::new(env!("CARGO_BIN_EXE_future_main"))
        .stderr(Stdio::piped())
        .spawn();
    let mut hanging = child.unwrap();
    let mut said = String::new();
    let mut errors = BufReader::new(hanging.stderr.take().unwrap());
    errors.read_line(&mut said).unwrap();
    hanging.kill().unwrap();
    hanging.wait().unwrap();
    let place = "the call at tests/crates/programs/src/bin/future_main.rs:";
    assert!(said.contains(place), "{said}");
    assert!(said.contains("`task.await`"), "{said}");
}
