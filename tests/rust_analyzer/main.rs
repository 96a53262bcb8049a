//! rust-analyzer reports nothing in sound vthread code, and sees what is wrong in a body.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What plain code would be told too.
const WRONG: &str = "
    use vthread::prelude::*;

    #[vthread]
    fn wrong(words: &[String]) -> usize {
        for word in words {
            let length: u32 = word.as_str();
        }
        words.len()
    }

    fn main() {
        wrong(&[]);
    }
";

#[test]
fn t15_an_editor_has_nothing_to_say_of_sound_code() {
    if is_missing() {
        return;
    }
    let said = errors("constructs", include_str!("constructs.rs"));
    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn t15_an_editor_sees_what_is_wrong_in_a_body() {
    if is_missing() {
        return;
    }
    let said = errors("wrong", WRONG);
    assert!(said.iter().any(|line| line.contains("E0308")), "{said:#?}");
}

/// Whether rust-analyzer cannot be run here, which is said loudly.
fn is_missing() -> bool {
    let version = Command::new("rust-analyzer").arg("--version").output();
    let is_missing = !version.is_ok_and(|output| output.status.success());
    if is_missing {
        eprintln!(
            "!!!!!! rust-analyzer IS MISSING: `rustup component add rust-analyzer rust-src` !!!!!!"
        );
    }
    is_missing
}

/// What rust-analyzer says of `source` as the program `name`.
fn errors(name: &str, source: &str) -> Vec<String> {
    let output = Command::new("rust-analyzer")
        .args(["diagnostics", ".", "--severity", "error"])
        .current_dir(package(name, source))
        .env("CARGO_TARGET_DIR", folder().join("target"))
        .env_remove("RUSTFLAGS")
        .output();
    let output =
        output.expect("rust-analyzer is installed: `rustup component add rust-analyzer rust-src`");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(
        said.contains("diagnostic scan complete"),
        "rust-analyzer did not end (is it installed with `rust-src`?):\n{said}"
    );
    let of_program = format!("at crate {name}, ");
    // A progress bar stands on the same lines.
    let lines = said.split(['\n', '\r', '\u{8}']);
    let own = lines.filter_map(|line| Some(line.split_once(&*of_program)?.1.to_owned()));
    own.collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("rust_analyzer")
}

/// A package with one program, in the workspace's own build directory.
fn package(name: &str, source: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = folder().join(name);
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n\
         [dependencies]\nvthread = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    let lock = fs::read(root.join("Cargo.lock")).expect("the workspace has a lock file");
    fs::create_dir_all(package.join("src")).expect("the build directory can be written");
    for (file, text) in [
        ("Cargo.toml", manifest.as_bytes()),
        ("Cargo.lock", &lock),
        ("src/main.rs", source.as_bytes()),
    ] {
        fs::write(package.join(file), text).expect("the build directory can be written");
    }
    package
}
