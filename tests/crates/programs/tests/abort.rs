//! Edge case 20: with `panic = "abort"` a blocking call in a plain frame completes. It needs its
//! own build of the library, so it runs only on request: `cargo test -p programs -- --ignored`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
#[ignore = "builds the library once more"]
fn case_20_without_unwinding_blocking_calls_complete() {
    // target/debug/abort_main leads to target/abort/abort_main.
    let target = Path::new(env!("CARGO_BIN_EXE_abort_main"))
        .ancestors()
        .nth(2)
        .expect("target/debug/abort_main");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "-p",
        "programs",
        "--bin",
        "abort_main",
        "--profile",
        "abort",
    ]);
    cargo.args([
        "--manifest-path",
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
    ]);
    cargo.arg("--target-dir").arg(target);
    assert!(cargo.status().expect("cargo runs").success());

    let mut child = Command::new(target.join("abort/abort_main"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut said = Vec::new();
    for line in lines.by_ref() {
        said.push(line.expect("text"));
        if said.last().is_some_and(|line| line == "ready") {
            break;
        }
    }
    assert_eq!(said, ["completed", "ready"]);
    let kill = format!("kill -INT {}", child.id());
    let killed = Command::new("sh").args(["-c", &kill]).status();
    assert!(killed.expect("a shell runs").success());
    let mut rest: Vec<_> = lines.map(|line| line.expect("text")).collect();
    rest.sort();
    assert_eq!(rest, ["child: cleanup", "main: cleanup"]);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}
