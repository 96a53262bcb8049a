//! Clippy reports the same about a user's program as it would without the transform: nothing about
//! clean code, even under the pedantic lints, and each complaint about the rest.
//!
//! `clean.rs`, `constructs.rs`, `bodies.rs` and `dirty.rs` beside this file become the programs of
//! packages of their own. A comment `//~ lint` stands where one must fire. Nor does rustdoc show
//! anything of the transform (`pages.rs`).

mod pages;

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A lint and the line where it fires.
type Complaint = (u64, String);

#[test]
fn clean_code_is_left_alone() {
    let source = include_str!("clean.rs");
    assert_eq!(
        expected(source),
        complaints("clean", source, &["clippy::pedantic"])
    );
}

#[test]
fn complaints_reach_the_user() {
    let source = include_str!("dirty.rs");
    assert_eq!(
        expected(source),
        complaints("dirty", source, &["clippy::all"])
    );
}

#[test]
fn t08_lints_of_rustc_fire_in_bodies() {
    let source = include_str!("bodies.rs");
    assert_eq!(expected(source), complaints("bodies", source, &[]));
}

#[test]
fn every_construct_is_left_alone() {
    let source = include_str!("constructs.rs");
    assert_eq!(
        expected(source),
        complaints("constructs", source, &["clippy::pedantic"])
    );
}

/// In that edition a path of a `use` begins at the root of the crate, where it would find another
/// function of the same name.
#[test]
fn t02_edition_2015_is_refused() {
    let source = "extern crate vthread;
        fn f() -> u32 { 1 }
        mod a {
            fn f() -> u32 { 2 }
            #[::vthread::vthread]
            pub fn calls() -> u32 { f() }
        }
        fn main() { assert_eq!(a::calls() + f(), 3); }";
    let package = package_of("2015", "of_2015", "main.rs", source);
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.parent().unwrap().join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("`#[vthread]` needs edition 2018 or later"),
        "{said}"
    );
}

/// The expectations in the comments.
fn expected(source: &str) -> BTreeSet<Complaint> {
    let mut expected = BTreeSet::new();
    for (line, text) in (1..).zip(source.lines()) {
        if let Some((_, lints)) = text.split_once("//~ ") {
            expected.extend(lints.split(", ").map(|lint| (line, lint.to_owned())));
        }
    }
    expected
}

/// Clippy's report about `source` as the program `name`.
fn complaints(name: &str, source: &str, lints: &[&str]) -> BTreeSet<Complaint> {
    let package = package(name, "main.rs", source);
    let output = Command::new(env!("CARGO"))
        .args(["clippy", "--offline", "--message-format=json", "--"])
        .args(lints.iter().flat_map(|lint| ["-W", lint]))
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.parent().unwrap().join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo clippy failed (is it installed?):\n{said}"
    );
    let messages = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let messages = messages
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("cargo writes JSON"));
    let ours = messages.filter(|message| message["target"]["name"] == name);
    ours.flat_map(complaints_in).collect()
}

/// The complaints of one message of cargo's.
fn complaints_in(message: Value) -> Vec<Complaint> {
    let message = &message["message"];
    let Some(lint) = message["code"]["code"].as_str() else {
        return Vec::new();
    };
    let spans = message["spans"].as_array().into_iter().flatten();
    spans
        .filter(|span| span["is_primary"] == true)
        .filter_map(|span| Some((span["line_start"].as_u64()?, lint.to_owned())))
        .collect()
}

/// A package with one program or library, in the workspace's own build directory.
fn package(name: &str, root_file: &str, source: &str) -> PathBuf {
    package_of("2024", name, root_file, source)
}

/// The same, of an edition.
fn package_of(edition: &str, name: &str, root_file: &str, source: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("lints")
        .join(name);
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"{edition}\"\n\n\
         [dependencies]\nvthread = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    let lock = fs::read(root.join("Cargo.lock")).expect("the workspace has a lock file");
    fs::create_dir_all(package.join("src")).expect("the build directory can be written");
    for (file, text) in [
        ("Cargo.toml", manifest.as_bytes()),
        ("Cargo.lock", &lock),
        (&*format!("src/{root_file}"), source.as_bytes()),
    ] {
        fs::write(package.join(file), text).expect("the build directory can be written");
    }
    package
}
