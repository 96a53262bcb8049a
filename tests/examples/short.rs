//! The short examples.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::program::{binary, text};

#[test]
fn parallel_sum() {
    assert_eq!(
        print_of("parallel_sum"),
        "the sum of 1 to 1000000 is 500000500000\n"
    );
}

#[test]
fn chunks() {
    assert_eq!(print_of("chunks"), "the last square is 99980001\n");
}

#[test]
fn upload() {
    let said = (0..4).map(|n| format!("3000000 bytes, {} in sum\n", n * 3_000_000));
    assert_eq!(print_of("upload"), said.collect::<String>());
}

#[test]
fn echo() {
    assert_eq!(print_of("echo"), "100 clients heard their own words\n");
}

#[test]
fn panics() {
    assert_eq!(
        print_of("panics"),
        "16 clients have their answers, and 4 handlers panicked\n"
    );
}

/// Its tests are run as such: see `Cargo.toml`.
#[test]
fn seeds() {
    assert_eq!(print_of("seeds"), "4 saved, 6 spent, 1 served, 0 late\n");
}

/// It takes as long as a missing file, not as long as FIFOs that never deliver.
#[test]
fn no_deadlock() {
    let before = Instant::now();
    assert_eq!(
        print_of("no_deadlock"),
        "settings.toml: No such file or directory (os error 2)\n"
    );
    assert!(before.elapsed() < Duration::from_secs(60));
}

fn print_of(example: &str) -> String {
    let output = Command::new(binary(example))
        .output()
        .expect("the example starts");
    assert!(
        output.status.success(),
        "{example}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}
