//! Programs that must be refused, with messages that a newcomer can act on, and whole programs that
//! must compile.
//!
//! The messages are those of the version of rustc that the workspace's `rust-version` names.
//! `TRYBUILD=overwrite cargo test --test ui` writes them anew.

use std::path::Path;
use std::process::Command;

#[test]
fn programs() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
    if has_std_sources() {
        cases.compile_fail("tests/ui/with_std_sources/*.rs");
    } else {
        eprintln!(
            "!!!!!! tests/ui/with_std_sources HAS NOT RUN: the component rust-src is missing !!!!!!"
        );
    }
}

/// Whether the toolchain has std's sources, which the messages in one folder quote.
fn has_std_sources() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .output()
        .expect("rustc can be run");
    let sysroot = String::from_utf8(output.stdout).expect("a path in plain text");
    Path::new(sysroot.trim())
        .join("lib/rustlib/src/rust/library/core/src")
        .is_dir()
}
