//! Runs the programs with tests and reads their results.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::compile::Executable;
use crate::package::{Package, area};

/// How long a program may run.
const LIMIT: Duration = Duration::from_secs(180);

/// `ok`, `FAILED` and the like, by the program's name and the test's.
pub(crate) type Results = BTreeMap<(String, String), String>;

/// A result that differs.
pub(crate) struct Changed {
    pub(crate) test: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Runs all tests.
pub(crate) fn run(package: &Package, executables: &[Executable]) -> Result<Results, String> {
    let mut results = Results::new();
    for executable in executables {
        let listed = execute(package, executable, &["--list", "--format", "terse"])?;
        let names: Vec<&str> = listed
            .output
            .lines()
            .filter_map(|line| line.strip_suffix(": test"))
            .collect();
        if names.is_empty() && listed.output.trim().is_empty() {
            continue;
        }
        let done = execute(package, executable, &["--test-threads", "2"])?;
        if names.is_empty() {
            // It has no harness: it passes or fails as a whole.
            let key = (executable.name.clone(), "(the program)".to_owned());
            results.insert(key, done.ending());
        }
        let read = read(&done.output);
        for name in names {
            let result = match read.get(name) {
                Some(result) => result.clone(),
                None => done.of_test(name),
            };
            results.insert((executable.name.clone(), name.to_owned()), result);
        }
    }
    Ok(results)
}

/// The results that differ, and differ again when the test runs alone.
pub(crate) fn changed(
    package: &Package,
    executables: &[Executable],
    before: &Results,
    after: &Results,
) -> Result<Vec<Changed>, String> {
    let mut changed = Vec::new();
    for (key, result) in before {
        let now = after.get(key).map_or("is gone", String::as_str);
        if now == result {
            continue;
        }
        let (program, test) = key;
        let mut is_again = false;
        for executable in executables.iter().filter(|one| one.name == *program) {
            let alone = execute(package, executable, &["--exact", test])?;
            let now = read(&alone.output).get(test.as_str()).cloned();
            is_again |= now.as_ref() == Some(result);
        }
        if !is_again {
            changed.push(Changed {
                test: format!("{program}: {test}"),
                before: result.clone(),
                after: now.to_owned(),
            });
        }
    }
    let new = after.keys().filter(|key| !before.contains_key(key));
    changed.extend(new.map(|(program, test)| Changed {
        test: format!("{program}: {test}"),
        before: "was not there".to_owned(),
        after: after[&(program.clone(), test.clone())].clone(),
    }));
    Ok(changed)
}

/// A program that has ended, or was killed.
struct Done {
    output: String,
    code: Option<i32>,
    is_late: bool,
}

impl Done {
    fn ending(&self) -> String {
        match (self.is_late, self.code) {
            (true, _) => "hangs".to_owned(),
            (false, Some(0)) => "ok".to_owned(),
            (false, Some(code)) => format!("ends with {code}"),
            (false, None) => "ends by a signal".to_owned(),
        }
    }

    /// The result of a test whose line is interrupted by other output.
    fn of_test(&self, name: &str) -> String {
        let is_listed = self.output.contains(&format!("---- {name} stdout ----"))
            || self.output.contains(&format!("\n    {name}\n"));
        match self.output.contains("test result: ") {
            true if is_listed => "FAILED".to_owned(),
            true => "ok".to_owned(),
            false => format!("unknown, the program {}", self.ending()),
        }
    }
}

/// The text behind `test name ... `.
fn read(output: &str) -> BTreeMap<&str, String> {
    let mut results = BTreeMap::new();
    for line in output.lines() {
        let Some((before, after)) = line.rsplit_once(" ... ") else {
            continue;
        };
        let Some((_, name)) = before.rsplit_once("test ") else {
            continue;
        };
        let name = name.strip_suffix(" - should panic").unwrap_or(name);
        let result = ["ok", "FAILED", "ignored"]
            .into_iter()
            .find(|result| after.starts_with(result));
        if let Some(result) = result {
            results.insert(name, result.to_owned());
        }
    }
    results
}

fn execute(package: &Package, executable: &Executable, arguments: &[&str]) -> Result<Done, String> {
    let path = area().join("output");
    let explain = |error: std::io::Error| format!("{}: {error}", executable.path.display());
    let file = File::create(&path).map_err(explain)?;
    let mut child = Command::new(&executable.path)
        .args(arguments)
        .current_dir(&package.folder)
        .env("CARGO_MANIFEST_DIR", &package.folder)
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(Stdio::null())
        .spawn()
        .map_err(explain)?;
    let began = Instant::now();
    let mut status = None;
    while status.is_none() && began.elapsed() < LIMIT {
        std::thread::sleep(Duration::from_millis(5));
        status = child.try_wait().map_err(explain)?;
    }
    if status.is_none() {
        child.kill().and_then(|()| child.wait()).map_err(explain)?;
    }
    let output = fs::read(&path).map_err(explain)?;
    Ok(Done {
        output: String::from_utf8_lossy(&output).into_owned(),
        code: status.and_then(|status| status.code()),
        is_late: status.is_none(),
    })
}
