//! The built examples, and a run of the main one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The built example. `cargo test` builds all examples beside this test; a run of this test alone
/// does not, so it builds them first.
pub(crate) fn binary(example: &str) -> PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| {
        let test = std::env::current_exe().expect("this test has a path");
        let profile = test
            .parent()
            .and_then(Path::parent)
            .expect("target/PROFILE/deps/TEST");
        let examples = profile.join("examples");
        if !examples.join("download").exists() {
            build_examples(profile);
        }
        examples
    });
    directory.join(example)
}

fn build_examples(profile: &Path) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--examples", "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    cargo
        .arg("--target-dir")
        .arg(profile.parent().expect("target"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().expect("cargo runs").success());
}

/// The main example with a directory of its own.
pub(crate) struct Download {
    args: Vec<String>,
    place: TempDir,
}

impl Download {
    pub(crate) fn new(args: &[&str]) -> Download {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        Download {
            args,
            place: TempDir::new().expect("a directory"),
        }
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.place.path().join("out")
    }

    pub(crate) fn start(&self) -> Child {
        Command::new(binary("download"))
            .arg("--out")
            .arg(self.out())
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example starts")
    }

    pub(crate) fn end(&self) -> Output {
        self.start().wait_with_output().expect("the example ends")
    }

    /// The names of the files in it, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.out()) else {
            return Vec::new();
        };
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("plain text");
        let mut names: Vec<_> = entries
            .map(|entry| name(entry.expect("an entry")))
            .collect();
        names.sort();
        names
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.out().join(name)).expect("a text")
    }

    pub(crate) fn assert_no_part_files(&self) {
        let left: Vec<_> = self
            .files()
            .into_iter()
            .filter(|name| name.ends_with(".part"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// The last line of the example's output, with the error.
pub(crate) fn error_line(output: &Output) -> String {
    text(&output.stderr)
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
