//! The guide's program that hangs, and the dump of it that the guide shows: it is asked by a signal
//! and nothing else.
#![cfg(debug_assertions)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A started program, killed at the end.
struct Hung(Child);

impl Drop for Hung {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}

/// The contents of the first block of the guide's chapter that begins with `fence` and has `part`.
fn block_of_the_guide(fence: &str, part: &str) -> String {
    let chapter = workspace().join("docs/guide/debugging.md");
    let text = fs::read_to_string(chapter).unwrap();
    let fence = format!("```{fence}\n");
    let blocks = text.split(&fence).skip(1);
    let mut blocks = blocks.filter_map(|rest| Some(rest.split_once("```")?.0.to_owned()));
    blocks.find(|block| block.contains(part)).unwrap()
}

/// A dump in one line, without ages, with the names that the guide has.
fn normalized(dump: &str) -> String {
    let names = dump
        .replace("tests/crates/programs/src/bin/hung_main.rs", "src/main.rs")
        .replace("hung_main::", "app::");
    let words: Vec<_> = names.split_whitespace().collect();
    let joined = words.join(" ");
    let mut parts = joined.split(", for ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        // An age, or two with "to" between.
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || " .sto".contains(c));
        format!("{text} {rest}")
    })
}

/// Whether the process has a handler for SIGQUIT.
fn handles_quit(pid: &str) -> bool {
    const QUIT: u64 = 1 << (3 - 1);
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    u64::from_str_radix(caught.unwrap().trim(), 16).unwrap() & QUIT != 0
}

#[test]
fn the_guide_shows_the_program() {
    let source = workspace().join("tests/crates/programs/src/bin/hung_main.rs");
    let program = fs::read_to_string(source).unwrap();
    assert_eq!(block_of_the_guide("rust,no_run", "fn update"), program);
}

#[test]
fn the_guide_shows_the_dump_of_a_program_that_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dumps.txt");
    let child = Command::new(env!("CARGO_BIN_EXE_hung_main"))
        .env("VTHREAD_DUMP", format!("quit:{}", path.display()))
        .stderr(Stdio::null())
        .spawn();
    let mut hung = Hung(child.unwrap());
    let pid = hung.0.id().to_string();
    let shown = normalized(&block_of_the_guide("text", "dump of process"));
    let start = Instant::now();
    // Without the handler the signal ends the program.
    while !handles_quit(&pid) {
        assert!(start.elapsed() < Duration::from_secs(60));
        assert!(hung.0.try_wait().unwrap().is_none(), "it hangs");
        thread::yield_now();
    }
    loop {
        assert!(hung.0.try_wait().unwrap().is_none(), "it hangs");
        let sent = Command::new("kill").args(["-QUIT", &pid]).status();
        assert!(sent.unwrap().success());
        let text = fs::read_to_string(&path).unwrap();
        let header = format!("vthread: dump of process {pid}\n");
        // The last one may be being written.
        let dumps = text.split(&header).skip(1);
        let is_shown =
            |dump: &str| normalized(&format!("vthread: dump of process 21500\n{dump}")) == shown;
        if dumps.clone().any(is_shown) {
            break;
        }
        let last = dumps.last().unwrap_or_default();
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{last}\n{}\n{shown}",
            normalized(last)
        );
    }
}
