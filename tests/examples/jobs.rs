//! The job runner in two versions: the same jobs to both.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::program::{binary, text};
use crate::versions;

const ON_STD: &str = include_str!("../../examples/jobs/std.rs");
const ON_VTHREAD: &str = include_str!("../../examples/jobs/main.rs");

const JOBS: &str = r#"
# Streams, input, ends of all kinds.
hello: echo hello from $JOB; echo to stderr >&2
cat after=hello input=words: cat; exit 3
never after=cat: echo never
nor after=hello,never: echo never
none input=unread: exec true
again retries=2: echo x; exit 1
succeeds retries=5: n=$(wc -l < count); echo >> count; test "$n" -ge 3
killed: kill -9 $$
much: head -c 100000 /dev/zero | tr '\0' a; echo; echo the end
both after=hello: head -c 90000 /dev/zero >&2; head -c 90000 /dev/zero; echo after
missing: exec /not/there 2>/dev/null
quick timeout=60000: echo quick
"#;

fn run(example: &str, args: &[&str], input: &str) -> Output {
    let place = TempDir::new().expect("a directory");
    fs::write(place.path().join("count"), "").expect("a file");
    let mut child = Command::new(binary(example))
        .current_dir(place.path())
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // One that refuses its arguments does not read.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

/// What both print.
fn both(args: &[&str], input: &str, code: i32) -> String {
    let (on_std, on_vthread) = (run("jobs_std", args, input), run("jobs", args, input));
    assert_eq!(text(&on_vthread.stdout), text(&on_std.stdout), "{args:?}");
    assert_eq!(text(&on_vthread.stderr), text(&on_std.stderr), "{args:?}");
    for output in [&on_std, &on_vthread] {
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    }
    text(&on_std.stdout) + &text(&on_std.stderr)
}

#[test]
fn both_versions_report_the_same() {
    for at_once in ["1", "4", "100"] {
        let said = both(&["--at-once", at_once, "-"], JOBS, 1);
        for wanted in [
            "hello: done\n  out: hello from hello\n  err: to stderr\n",
            "cat: failed with 3\n  out: words\n",
            "never: skipped\nnor: skipped\nnone: done\n",
            "again: failed with 1, 3 tries\n  out: x\n",
            "succeeds: done, 4 tries\n",
            "killed: killed by signal 9\n",
            "much: done\n  out: (34473 bytes before)\n",
            "  out: the end\n",
            "quick: done\n  out: quick\n",
        ] {
            assert!(said.contains(wanted), "{wanted}{said:.1000}");
        }
    }
    both(&["-"], "one: true\ntwo after=one: true\n", 0);
}

/// A job that takes too long is killed with all it has started, and what it wrote is there.
#[test]
fn jobs_that_take_too_long() {
    let jobs = "slow timeout=5000: sleep 100 & echo begun; sleep 100\nafter after=slow: true\n";
    let before = Instant::now();
    let said = both(&["-"], jobs, 1);
    assert_eq!(said, "slow: timed out\n  out: begun\nafter: skipped\n");
    assert!(before.elapsed() < Duration::from_secs(60));
}

#[test]
fn both_versions_refuse_the_same() {
    for (jobs, wanted) in [
        ("no command\n", "line 1: no command\n"),
        ("\n a after=b: true\nb: true\n", "line 2: b is not above\n"),
        ("a: true\na: false\n", "line 2: a is there twice\n"),
        (
            "a timeout=soon: true\n",
            "line 1: timeout=soon: no number\n",
        ),
    ] {
        assert_eq!(both(&["-"], jobs, 2), wanted);
    }
    let said = both(&["not there"], "", 2);
    assert_eq!(said, "not there: No such file or directory (os error 2)\n");
    assert!(both(&[], "", 2).starts_with("usage: jobs "));
}

#[test]
fn the_versions_differ_by_imports_attributes_and_spawns() {
    versions::compare("jobs", ON_STD, ON_VTHREAD);
}
