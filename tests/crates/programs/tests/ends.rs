//! How programs end. The number in a test's name is that of the edge case in `tests/it/edge_cases`.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Output, Stdio};

fn run(program: &str, args: &[&str]) -> Output {
    Command::new(program)
        .args(args)
        .output()
        .expect("it starts")
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes)
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Runs the program until it prints `ready`, sends the signals, and returns the rest of its output,
/// and its exit code.
fn signalled(case: &str, signals: &[&str]) -> (Vec<String>, Option<i32>) {
    let mut child = Command::new(UNIT)
        .arg(case)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut said = BufReader::new(child.stdout.take().expect("piped"));
    let mut line = String::new();
    while line != "ready\n" {
        line.clear();
        assert_ne!(
            said.read_line(&mut line).expect("text"),
            0,
            "it ended before it was ready"
        );
    }
    // The shell's own `kill` exists on every system, and needs no unsafe code here.
    let id = child.id();
    let kill = |signal: &str| {
        let kill = format!("kill -{signal} {id}");
        let killed = Command::new("sh").args(["-c", &kill]).status();
        assert!(killed.expect("a shell runs").success());
    };
    let (first, second) = signals.split_first().expect("a signal");
    kill(first);
    // A pending signal would absorb another of its kind, or be handled after one of another kind.
    for signal in second {
        said.read_line(&mut line).expect("text");
        assert_eq!(line, "ready\nthe first has come\n");
        kill(signal);
    }
    let mut rest = Vec::new();
    said.read_to_end(&mut rest).expect("text");
    (lines(&rest), child.wait().expect("it ends").code())
}

const UNIT: &str = env!("CARGO_BIN_EXE_unit_main");
const RESULT: &str = env!("CARGO_BIN_EXE_result_main");
const CODE: &str = env!("CARGO_BIN_EXE_code_main");
const PLAIN: &str = env!("CARGO_BIN_EXE_plain_main");

const JOINED: [&str; 3] = ["child: cleanup", "child: clean", "child: dropped"];

#[test]
fn case_24_main_returns_and_its_background_is_joined() {
    let output = run(UNIT, &["returns"]);
    assert_eq!(output.status.code(), Some(0));
    let said = lines(&output.stdout);
    assert_eq!(said[..2], ["child: serves", "main returns"]);
    assert_eq!(said[2..], JOINED);
    assert_eq!(lines(&output.stderr), [""; 0]);
}

#[test]
fn case_24_main_panics_and_its_background_is_joined() {
    let output = run(UNIT, &["panics"]);
    assert_eq!(output.status.code(), Some(101));
    assert_eq!(lines(&output.stdout)[1..], JOINED);
}

#[test]
fn case_24_cleanup_that_hangs_has_the_grace() {
    let output = run(UNIT, &["hangs"]);
    assert_eq!(output.status.code(), Some(0));
    let said = lines(&output.stdout);
    assert_eq!(
        said,
        [
            "child: serves",
            "main returns",
            "child: cleanup",
            "child: dropped"
        ]
    );
}

#[test]
fn case_24_failures_in_the_background_are_told() {
    let output = run(UNIT, &["fails"]);
    assert_eq!(output.status.code(), Some(1), "a success becomes a failure");
    let said = lines(&output.stderr);
    let told: Vec<_> = said
        .iter()
        .filter(|line| line.starts_with("vthread: "))
        .collect();
    assert_eq!(told.len(), 2, "{said:?}");
    assert!(
        told.iter().any(
            |line| line.starts_with("vthread: the background vthread `flusher` (")
                && line.ends_with(") failed: disk full")
        ),
        "{said:?}"
    );
    assert!(
        told.iter()
            .any(|line| line.ends_with(" panicked: on purpose")),
        "{said:?}"
    );
}

#[test]
fn case_24_a_background_task_is_joined_like_any_other() {
    assert_eq!(lines(&run(UNIT, &["joins"]).stdout), ["7"]);
}

#[test]
fn case_24_main_with_a_result() {
    let output = run(RESULT, &["12"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(lines(&output.stdout), ["12", "child: cleanup"]);
    let output = run(RESULT, &["x"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(lines(&output.stdout), ["child: cleanup"]);
    assert!(lines(&output.stderr)[0].starts_with("Error: ParseIntError"));
    // `main` succeeds, its background fails.
    let output = run(RESULT, &["12", "fails"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn case_24_main_with_an_exit_code() {
    assert_eq!(run(CODE, &["0"]).status.code(), Some(0));
    assert_eq!(run(CODE, &["42"]).status.code(), Some(42));
    assert_eq!(run(CODE, &["x"]).status.code(), Some(1));
}

#[test]
fn case_24_shutdown_returns_the_failures() {
    let output = run(PLAIN, &["shutdown"]);
    assert!(output.status.success(), "{:?}", lines(&output.stderr));
    let said = lines(&output.stdout);
    assert_eq!(
        said,
        [
            "grandchild: dropped",
            "child: cleanup",
            "child: dropped",
            "after",
            "end"
        ]
    );
}

#[test]
fn case_19_a_call_of_a_plain_thread_unwinds_at_shutdown() {
    let output = run(PLAIN, &["call of another thread"]);
    assert!(output.status.success(), "{:?}", lines(&output.stderr));
    let said = lines(&output.stdout);
    assert_eq!(
        said[..3],
        ["grandchild: dropped", "call: cleanup", "call: dropped"]
    );
    let mut rest = said[3..].to_vec();
    rest.sort();
    assert_eq!(rest, ["after", "thread: dropped"]);
    // The unwind is not a failure, and no panic hook runs.
    assert_eq!(lines(&output.stderr), [""; 0]);
}

#[test]
fn case_19_shutdown_does_not_wait_for_plain_code() {
    let output = run(PLAIN, &["a thread that does not come back"]);
    assert!(output.status.success(), "{:?}", lines(&output.stderr));
    assert_eq!(lines(&output.stdout), ["after"]);
}

#[test]
fn case_19_a_shield_has_the_grace() {
    let output = run(PLAIN, &["shielded"]);
    assert!(output.status.success(), "{:?}", lines(&output.stderr));
    assert_eq!(lines(&output.stdout), ["call: dropped", "after"]);
}

#[test]
fn case_19_main_is_cancelled_by_a_shutdown_elsewhere() {
    let output = run(UNIT, &["shutdown elsewhere"]);
    assert_eq!(output.status.code(), Some(1));
    let said = lines(&output.stdout);
    assert!(
        said.contains(&"main: dropped".to_owned()) && said.contains(&"child: dropped".to_owned())
    );
    assert!(!said.contains(&"main went on".to_owned()));
}

#[test]
fn signals_cancel_main() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (mut said, ended) = signalled("signal", &[signal]);
        assert_eq!(ended, Some(code), "{said:?}");
        said.retain(|line| line != "main: cleanup");
        assert_eq!(said, JOINED);
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let (said, ended) = signalled("second signal", &["INT", "INT"]);
    assert_eq!((said.as_slice(), ended), ([].as_slice(), Some(130)));
    let (_, ended) = signalled("second signal", &["INT", "TERM"]);
    assert_eq!(ended, Some(143));
}
