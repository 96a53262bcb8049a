//! Programs that end badly, each in a process of its own: the test starts itself again.

use std::process::{Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The environment variable with the name of the test, in the process that plays the scene.
const SCENE: &str = "VTHREAD_TEST_SCENE";

/// How long a scene may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Plays `scene` in a process of its own, and returns its standard error and its exit status.
///
/// `module` and `test` are the path of the calling test: `module_path!()`, and its name.
pub(crate) fn in_a_process(module: &str, test: &str, scene: impl FnOnce()) -> (String, ExitStatus) {
    let path = module.split_once("::").map_or("", |(_, path)| path);
    let path = format!("{path}::{test}");
    if std::env::var_os(SCENE).is_some_and(|it| it == *path) {
        thread::spawn(|| {
            thread::sleep(LIMIT);
            eprintln!("the scene takes too long\n{}", vthread::dump());
            std::process::exit(3);
        });
        scene();
        std::process::exit(0);
    }
    let program = std::env::current_exe().expect("this very program");
    let Output { status, stderr, .. } = Command::new(program)
        .args([&path, "--exact", "--nocapture", "--test-threads=1"])
        .env(SCENE, &path)
        .stdout(Stdio::null())
        .output()
        .expect("a process");
    let text = String::from_utf8(stderr).expect("text");
    (text, status)
}

/// Waits until `n` deadlocks have been reported in this process.
pub(crate) fn wait_for_deadlocks(n: usize) {
    wait_until(|| vthread::metrics().deadlocks >= n);
}

/// Waits until the dump of this process shows what `is_shown` looks for.
pub(crate) fn wait_for_dump(is_shown: impl Fn(&str) -> bool) {
    wait_until(|| is_shown(&vthread::dump().to_string()));
}

fn wait_until(is_true: impl Fn() -> bool) {
    let end = Instant::now() + LIMIT;
    while !is_true() {
        assert!(Instant::now() < end, "in time: {}", vthread::dump());
        thread::park_timeout(Duration::from_millis(1));
    }
}
