//! What a cancellation does to a process.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

const SOON: Duration = Duration::from_millis(5);

fn sleeper() -> Command {
    let mut command = Command::new("sleep");
    command.arg("60");
    command
}

#[vthread]
fn left_running(child: &mut Child) -> bool {
    assert!(timeout!(SOON => child.wait()).is_err());
    child.try_wait().unwrap().is_none()
}

#[test]
fn a_cancelled_wait_leaves_it_running() {
    let mut child = sleeper().spawn().unwrap();
    assert!(left_running(&mut child));
    child.kill().unwrap();
    assert_eq!(child.wait().block().unwrap().signal(), Some(9));
}

#[vthread]
fn killed() -> Option<i32> {
    let mut child = sleeper().kill_on_cancel(true).spawn().unwrap();
    assert!(timeout!(SOON => child.wait()).is_err());
    child.wait().unwrap().signal()
}

#[test]
fn a_cancelled_wait_kills_it_if_asked() {
    assert_eq!(killed(), Some(9));
}

/// The vthread that has the child is cancelled where it does something else.
#[vthread]
fn killed_with_its_vthread(kill: bool) -> u32 {
    let mut pid = 0;
    let _ = timeout!(SOON => {
        let child = sleeper().kill_on_cancel(kill).spawn().unwrap();
        pid = child.id();
        sleep(Duration::from_secs(60));
        drop(child);
    });
    pid
}

#[test]
fn a_child_goes_with_its_vthread_if_asked() {
    until_gone(killed_with_its_vthread(true));
    let pid = killed_with_its_vthread(false);
    assert!(state(pid).is_some());
    shell(&format!("kill -KILL {pid}"))
        .status()
        .block()
        .unwrap();
    until_gone(pid);
}

/// The whole group of processes goes, also what the child has started.
#[vthread]
fn group_killed() -> u32 {
    let mut command = shell("sleep 60 & echo $!; wait");
    let mut child = command
        .process_group(0)
        .kill_on_cancel(true)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = [0; 16];
    let n = child.stdout.as_mut().unwrap().read(&mut line).unwrap();
    let grandchild: u32 = std::str::from_utf8(&line[..n])
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    assert!(timeout!(SOON => child.wait()).is_err());
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    grandchild
}

#[test]
fn a_group_of_processes_goes_together() {
    let grandchild = group_killed();
    // Its new parent may leave it as a zombie for a while.
    while !matches!(state(grandchild), None | Some('Z')) {
        std::thread::yield_now();
    }
    let child = sleeper().spawn().unwrap();
    let error = child.signal_group(SignalKind::terminate()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    child.signal(SignalKind::terminate()).unwrap();
}

#[vthread]
fn output_cancelled() -> u32 {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pid");
    let script = format!(
        "echo $$ > {0}.new; mv {0}.new {0}; exec sleep 60",
        path.display()
    );
    group! {
        let running = spawn! { shell(&script).kill_on_cancel(true).output().unwrap(); };
        let pid = loop {
            match vthread::fs::read_to_string(&path) {
                Ok(pid) => break pid.trim().parse().unwrap(),
                Err(_) => sleep(Duration::from_millis(1)),
            }
        };
        running.cancel();
        pid
    }
}

#[test]
fn a_cancelled_output_kills_it_if_asked() {
    until_gone(output_cancelled());
}

/// A storm of cancelled waits: each child is collected once, with its own status.
#[vthread]
fn storm(n_children: usize, n_waits: usize) {
    let n_cancelled = AtomicUsize::new(0);
    group!(max_concurrency = 8 => {
        for i in 0..n_children {
            let n_cancelled = &n_cancelled;
            spawn! {
                let code = i % 100;
                let mut command = shell(&format!("read go; exit {code}"));
                let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
                let (pid, stdin) = (child.id(), child.stdin.take());
                for turns in 0..n_waits {
                    select! {
                        _ = child.wait() => panic!("it waits for its input"),
                        _ = pause(turns % 4) => { n_cancelled.fetch_add(1, Ordering::SeqCst); }
                    }
                }
                drop(stdin);
                // It ends while waits for it are cancelled.
                let status = loop {
                    select! {
                        status = child.wait() => break status.unwrap(),
                        _ = pause(3) => {}
                    }
                };
                assert_eq!(status.code(), Some(code as i32));
                assert_eq!(state(pid), None);
            }
        }
    });
    assert_eq!(n_cancelled.into_inner(), n_children * n_waits);
}

#[vthread]
fn pause(n: usize) {
    for _ in 0..n {
        vthread::yield_now();
    }
}

#[test]
fn a_storm_of_waits() {
    storm(50, 100);
}
