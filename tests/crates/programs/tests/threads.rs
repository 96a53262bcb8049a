//! OS threads are bounded, and the process reports the consequences.

use std::process::{Command, Output};

fn run(case: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_limits_main");
    Command::new(program).arg(case).output().unwrap()
}

#[test]
fn r12_plain_frames_wait_for_a_thread() {
    let run = run("plain_frames");
    assert!(run.status.success() && run.stdout == b"done\n", "{run:?}");
}

#[test]
fn r12_a_standstill_ends_with_a_message() {
    let run = run("standstill");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success(), "{run:?}");
    assert!(
        said.contains("6 are running, which is the most (Config::max_threads)"),
        "{said}"
    );
    assert!(said.contains("the process cannot go on"), "{said}");
}

/// A crowd of operations on files queues for the helpers, and starts no more of them.
#[test]
fn ten_thousand_files_keep_to_the_bound() {
    let directory = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_limits_main");
    let run = Command::new(program)
        .arg("files")
        .arg(directory.path())
        .output();
    let run = run.unwrap();
    assert!(run.status.success() && run.stdout == b"done\n", "{run:?}");
}

#[test]
fn r13_helpers_that_need_helpers() {
    let run = run("helpers");
    assert!(run.status.success() && run.stdout == b"done\n", "{run:?}");
}
