//! The standard streams of a process: pipes, files, and none at all.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_standard_streams");

#[test]
fn cancelled_reads_of_a_pipe_lose_no_byte() {
    let mut process = Command::new(PROGRAM)
        .arg("tells")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let lines: Vec<String> = (0..40)
        .map(|n| format!("line {n} {}\n", "é".repeat(n)))
        .collect();
    // With no input at all a read has been cancelled, however slow the machine is.
    let mut first = [0; 10];
    let output = process.stdout.as_mut().expect("it is piped");
    output.read_exact(&mut first).expect("it waits in vain");
    assert_eq!(&first, b"cancelled\n");
    let mut input = process.stdin.take().expect("it is piped");
    for line in &lines {
        // In two parts, and the second one late: the reader has given up between them.
        let (first, second) = line.as_bytes().split_at(line.len() / 2);
        input.write_all(first).expect("a reader");
        sleep(Duration::from_millis(1));
        input.write_all(second).expect("a reader");
    }
    drop(input);
    let output = process.wait_with_output().expect("it ends");
    let (said, told) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert_eq!(said, lines.concat() + "the end\n");
    let lengths: String = lines
        .iter()
        .map(|line| format!("{}\n", line.len()))
        .collect();
    assert_eq!(told, lengths);
}

#[test]
fn files_are_read_and_written() {
    let (path, result) = (temporary("in"), temporary("out"));
    std::fs::write(&path, "one\ntwo").expect("a file");
    let status = Command::new(PROGRAM)
        .stdin(File::open(&path).expect("a file"))
        .stdout(File::create(&result).expect("a file"))
        .stderr(Stdio::null())
        .status()
        .expect("it ends");
    assert!(status.success());
    let mut said = String::new();
    let mut file = File::open(&result).expect("a file");
    file.read_to_string(&mut said).expect("text");
    assert_eq!(said, "one\ntwothe end\n");
    for path in [path, result] {
        std::fs::remove_file(path).expect("it is there");
    }
}

#[test]
fn a_closed_input_is_at_its_end() {
    let output = Command::new("sh")
        .args(["-c", "exec \"$0\" <&-", PROGRAM])
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "the end\n");
}

fn temporary(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("standard_streams_{name}_{}", std::process::id()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
