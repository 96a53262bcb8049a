//! Checksums and grep of a tree in two versions: the same tree to both.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::program::{binary, text};
use crate::versions;

const ON_STD: &str = include_str!("../../examples/search/std.rs");
const ON_VTHREAD: &str = include_str!("../../examples/search/main.rs");

/// Texts, a binary file, an empty one, long lines, a circle of links, a socket, a deep directory.
fn tree() -> TempDir {
    let directory = TempDir::new().expect("a directory");
    let root = directory.path();
    let mut deep = root.join("deep");
    for n in 0..40 {
        let place = root.join(format!("d{n}"));
        fs::create_dir(&place).expect("a directory");
        for m in 0..10 {
            let line = format!("{n} and {m}, a needle\n");
            let lines = "hay\n".repeat(n * m) + &line + "no end of the line";
            fs::write(place.join(format!("{m}.txt")), lines).expect("a file");
        }
        deep.push(n.to_string());
    }
    fs::create_dir_all(&deep).expect("directories");
    fs::write(deep.join("a long line"), "hay ".repeat(100_000) + "needle").expect("a file");
    fs::write(root.join("binary"), b"needle\0needle").expect("a file");
    fs::write(root.join("empty"), "").expect("a file");
    fs::write(root.join("no utf-8"), b"\xff needle\n").expect("a file");
    symlink("..", root.join("d0/up")).expect("a link");
    UnixListener::bind(root.join("socket")).expect("a socket");
    directory
}

fn run(example: &str, root: &Path, args: &[&str]) -> Output {
    Command::new(binary(example))
        .current_dir(root)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("the example starts")
}

/// What both print, and how both end.
fn both(root: &Path, args: &[&str]) -> (String, Option<i32>) {
    let (on_std, on_vthread) = (run("search_std", root, args), run("search", root, args));
    assert_eq!(text(&on_vthread.stdout), text(&on_std.stdout), "{args:?}");
    assert_eq!(text(&on_vthread.stderr), text(&on_std.stderr), "{args:?}");
    assert_eq!(on_vthread.status, on_std.status, "{args:?}");
    (text(&on_std.stdout), on_std.status.code())
}

#[test]
fn both_versions_find_the_same() {
    let tree = tree();
    let root = tree.path();
    let (all, code) = both(root, &["--jobs", "8", "--sums", ".", "needle"]);
    assert_eq!(code, Some(0));
    // POSIX's own sum of nothing.
    assert!(all.contains("\n4294967295 0 ./empty\n"));
    assert!(all.contains("./d3/7.txt:22:3 and 7, a needle\n"));
    let last = all.lines().last();
    let n = 400 + 4;
    let totals = format!("{n} files in 82 directories, 1 binary, ");
    assert!(
        last.is_some_and(|last| last.starts_with(&totals)),
        "{last:?}"
    );
    assert!(all.ends_with(" bytes, 402 hits, 0 errors\n"));

    let (_, code) = both(root, &["--name", "?.txt", "."]);
    assert_eq!(code, Some(0));
    let (_, code) = both(root, &["--name", "*.rs", ".", "needle"]);
    assert_eq!(code, Some(1));
    let (said, code) = both(root, &["not there", "needle"]);
    assert!(said.starts_with("not there: No such file or directory (os error 2)\n"));
    assert_eq!(code, Some(2));
    assert_eq!(both(root, &["--jobs", "many"]).1, Some(2));
    assert_eq!(both(root, &[]).1, Some(2));
}

/// The sums are those of the system's program.
#[test]
fn the_sums_are_right() {
    let tree = tree();
    let Ok(theirs) = Command::new("cksum")
        .current_dir(tree.path())
        .args(["binary", "no utf-8", "d5/9.txt"])
        .output()
    else {
        println!("!!!!!! NO cksum HERE: the sums are not compared with its !!!!!!");
        return;
    };
    let ours = text(&run("search", tree.path(), &["--sums", "."]).stdout);
    for line in text(&theirs.stdout).lines() {
        let [sum, len, path] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let wanted = format!("{sum} {len} ./{path}");
        assert!(ours.lines().any(|line| line == wanted), "{wanted}");
    }
}

/// What reads the output goes away in the middle: both end, without a panic.
#[test]
fn a_closed_output() {
    let tree = tree();
    for example in ["search_std", "search"] {
        let mut child = Command::new(binary(example))
            .args([OsStr::new("--sums"), tree.path().as_os_str()])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(
            (output.status.code(), text(&output.stderr)),
            (Some(0), String::new())
        );
    }
}

#[test]
fn the_versions_differ_by_imports_attributes_and_spawns() {
    versions::compare("search", ON_STD, ON_VTHREAD);
}
