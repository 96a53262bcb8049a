//! Go's program, `benches/go`, which is built where a `go` is on the path.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds it and returns its path.
pub(crate) fn build() -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("go");
    let program = std::env::current_exe().ok()?.with_file_name("bench-on-go");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg(".")
        .current_dir(source)
        .status();
    match built {
        Ok(status) if status.success() => Some(program),
        Ok(status) => {
            eprintln!("!!!!!! GO TAKES NO PART: its build ended with {status}");
            None
        }
        Err(error) => {
            eprintln!("!!!!!! GO TAKES NO PART: no `go` can be started: {error}");
            None
        }
    }
}
