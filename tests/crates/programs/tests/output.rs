//! The output of a failing test: this program runs itself as cargo would.

use std::process::Command;
use vthread::prelude::*;
use vthread::time::{Duration, sleep};

/// Starts the workers, and passes.
#[test]
#[ignore = "run by the test below"]
#[vthread]
fn a_passes() {
    group! { spawn! { sleep(Duration::from_millis(1)); }; }
}

#[test]
#[ignore = "run by the test below"]
#[vthread]
fn b_fails_in_a_child() {
    group! { spawn! { sleep(Duration::from_millis(1)); assert_eq!(1 + 1, 3, "arithmetic"); }; }
}

#[test]
fn r09_a_failing_test_shows_the_panic_of_its_child() {
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--test-threads=1"])
        .output()
        .unwrap();
    assert!(!run.status.success());
    let said = String::from_utf8_lossy(&run.stdout);
    let (_, shown) = said
        .split_once("---- b_fails_in_a_child stdout ----")
        .expect("it has failed");
    assert!(shown.contains("tests/output.rs:"), "{said}");
    assert!(shown.contains("arithmetic"), "{said}");
    assert!(!said.contains("---- a_passes"), "{said}");
}

#[test]
fn a_panic_names_its_vthread_and_the_groups_around() {
    let run = Command::new(env!("CARGO_BIN_EXE_panic_main"))
        .env("RUST_BACKTRACE", "1")
        .output();
    let run = run.unwrap();
    assert!(!run.status.success());
    let said = String::from_utf8_lossy(&run.stderr);
    // Above the backtrace, and what the program has said.
    let (above, _) = said.split_once("an empty URL").expect("it panics");
    let named: Vec<_> = above
        .lines()
        .skip_while(|line| !line.starts_with("a panic "))
        .collect();
    let at = "src/bin/panic_main.rs:";
    let expected = [
        "a panic in a vthread, spawned at ",
        "  in the group `pages`, opened at ",
        "  in the group `batch`, opened at ",
        "  in the group `sites`, opened at ",
    ];
    assert!(named.len() >= expected.len(), "{said}");
    for (line, begin) in named.iter().zip(expected) {
        assert!(line.starts_with(begin) && line.contains(at), "{said}");
    }
    assert!(
        named[2].contains(" by the vthread `crawler`, spawned at "),
        "{said}"
    );
    // Once, though it resumes in every group.
    assert_eq!(said.matches("in a vthread").count(), 1, "{said}");
    assert!(said.contains("thread 'vthread-worker-"), "{said}");
}
