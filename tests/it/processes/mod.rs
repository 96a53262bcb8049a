//! Processes: what they write, how they end, what a cancellation does to them, and that none stays
//! as a zombie.

use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use vthread::prelude::*;
use vthread::process::{Child, Command, Stdio};
use vthread::signal::SignalKind;
use vthread::time::{Duration, sleep};

mod cancellation;

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

/// The state of a process as the system tells it, None if there is none.
fn state(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Waits until the process has gone, with nothing left of it.
#[vthread]
fn until_gone(pid: u32) {
    while state(pid).is_some() {
        sleep(Duration::from_millis(1));
    }
}

mod ends {
    use super::*;

    #[vthread]
    fn statuses() -> Vec<i32> {
        let mut codes = Vec::new();
        for code in [0, 1, 42] {
            codes.push(
                shell(&format!("exit {code}"))
                    .status()
                    .unwrap()
                    .code()
                    .unwrap(),
            );
        }
        let mut child = shell("exit 7").spawn().unwrap();
        let first = child.wait().unwrap();
        assert_eq!(child.wait().unwrap(), first);
        assert_eq!(child.try_wait().unwrap(), Some(first));
        assert!(child.kill().is_ok(), "as std: it has ended");
        assert_eq!(
            child.signal(SignalKind::hangup()).unwrap_err().kind(),
            ErrorKind::InvalidInput
        );
        codes.push(first.code().unwrap());
        codes
    }

    #[test]
    fn a_status_is_what_the_process_says() {
        assert_eq!(statuses(), [0, 1, 42, 7]);
    }

    #[vthread]
    fn killed() -> (Option<i32>, Option<i32>) {
        let mut one = Command::new("sleep").arg("60").spawn().unwrap();
        assert_eq!(one.try_wait().unwrap(), None);
        let mut other = Command::new("sleep").arg("60").spawn().unwrap();
        let mut statuses = (None, None);
        group! {
            let id = other.id();
            let waiting = spawn! { other.wait().unwrap().signal() };
            spawn! {
                shell(&format!("kill -TERM {id}")).status().unwrap();
            }
            one.kill().unwrap();
            statuses.0 = one.wait().unwrap().signal();
            statuses.1 = waiting.join();
        }
        statuses
    }

    #[test]
    fn a_killed_child_says_by_what() {
        assert_eq!(killed(), (Some(9), Some(15)));
    }

    #[vthread]
    fn many(n: usize) -> usize {
        let mut sum = 0;
        group! {
            let mut tasks = Vec::new();
            for i in 0..n {
                tasks.push(spawn! { shell(&format!("exit {}", i % 50)).status().unwrap().code().unwrap() });
            }
            for task in tasks {
                sum += task.join() as usize;
            }
        }
        sum
    }

    #[test]
    fn many_at_once() {
        assert_eq!(many(60), (0..60).map(|i| i % 50).sum::<usize>());
    }

    #[test]
    fn what_cannot_be_started_says_so() {
        let error = Command::new("/no/such/program").spawn().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let error = Command::new("/no/such/program")
            .output()
            .block()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

mod streams {
    use super::*;

    #[vthread]
    fn captured() {
        let output = shell("echo out; echo err >&2; exit 3").output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(
            (&*output.stdout, &*output.stderr),
            (&b"out\n"[..], &b"err\n"[..])
        );
        // More than a pipe holds, on both.
        let output = shell("yes out | head -c 300000; yes err | head -c 300000 >&2")
            .output()
            .unwrap();
        assert_eq!(
            (output.stdout.len(), output.stderr.len()),
            (300_000, 300_000)
        );
        // The input is empty, not that of this process.
        assert!(Command::new("cat").output().unwrap().stdout.is_empty());
        // What was set stays as it is.
        let mut command = shell("echo out");
        let output = command.stdout(Stdio::null()).output().unwrap();
        assert!(output.stdout.is_empty());
    }

    #[test]
    fn what_it_writes_is_captured() {
        captured();
    }

    /// A filter that is written to and read from at once.
    #[vthread]
    fn filter(text: &[u8]) -> Vec<u8> {
        let mut child = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut answer = Vec::new();
        group! {
            spawn!(move => {
                stdin.write_all(text).unwrap();
                drop(stdin);
            });
            stdout.read_to_end(&mut answer).unwrap();
        }
        assert!(child.wait().unwrap().success());
        answer
    }

    #[test]
    fn a_filter_filters() {
        let text: Vec<u8> = (0..1_000_000_u32).map(|i| i as u8).collect();
        assert!(filter(&text) == text);
    }

    #[vthread]
    fn pipeline() -> String {
        let mut words = shell("echo one; echo two; echo three")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let sorted = Command::new("sort")
            .stdin(words.stdout.take().unwrap())
            .output()
            .unwrap();
        words.wait().unwrap();
        String::from_utf8(sorted.stdout).unwrap()
    }

    #[test]
    fn one_writes_to_another() {
        assert_eq!(pipeline(), "one\nthree\ntwo\n");
    }

    /// The child has closed its input: the error is std's.
    #[vthread]
    fn closed_stdin() -> ErrorKind {
        let mut child = shell("exec <&-; echo closed; sleep 60")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_cancel(true)
            .spawn()
            .unwrap();
        let mut line = [0; 7];
        child
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut line)
            .unwrap();
        let error = child
            .stdin
            .as_mut()
            .unwrap()
            .write_all(&[0; 1_000_000])
            .unwrap_err();
        child.kill().unwrap();
        child.wait().unwrap();
        error.kind()
    }

    #[test]
    fn a_closed_input_is_an_error() {
        assert_eq!(closed_stdin(), ErrorKind::BrokenPipe);
    }

    /// A cancelled read has read nothing.
    #[vthread]
    fn cancelled_read() -> Vec<u8> {
        let mut child = shell("read go; echo words")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut text = Vec::new();
        let stdout = child.stdout.as_mut().unwrap();
        let limit = Duration::from_millis(2);
        assert!(timeout!(limit => stdout.read_to_end(&mut text)).is_err());
        child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
        stdout.read_to_end(&mut text).unwrap();
        child.wait().unwrap();
        text
    }

    #[test]
    fn a_cancelled_read_loses_nothing() {
        assert_eq!(cancelled_read(), b"words\n");
    }

    #[test]
    fn plain_code_uses_them_blockingly() {
        use std::io::{Read, Write};
        let mut child = Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Write::write_all(child.stdin.as_mut().unwrap(), b"words").unwrap();
        drop(child.stdin.take());
        let mut text = String::new();
        Read::read_to_string(child.stdout.as_mut().unwrap(), &mut text).unwrap();
        assert_eq!(text, "words");
        assert!(child.wait().block().unwrap().success());
    }
}

mod zombies {
    use super::*;

    #[test]
    fn a_dropped_child_leaves_none() {
        // Ended before it is dropped, and after.
        let ended = shell("exit 0").spawn().unwrap();
        let pid = ended.id();
        while state(pid) != Some('Z') {
            std::thread::yield_now();
        }
        drop(ended);
        assert_eq!(state(pid), None);
        let mut running = shell("read go").stdin(Stdio::piped()).spawn().unwrap();
        let (pid, stdin) = (running.id(), running.stdin.take());
        drop(running);
        assert!(state(pid).is_some());
        drop(stdin);
        until_gone(pid);
    }

    #[vthread]
    fn waited_for_and_dropped() -> u32 {
        let mut child = shell("read go").stdin(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take();
        let limit = Duration::from_millis(2);
        assert!(timeout!(limit => child.wait()).is_err());
        let pid = child.id();
        drop(child);
        drop(stdin);
        pid
    }

    #[test]
    fn one_that_was_waited_for_leaves_none() {
        until_gone(waited_for_and_dropped());
    }
}
