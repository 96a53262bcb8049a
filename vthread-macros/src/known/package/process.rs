//! What the running compiler compiles.

use crate::editor;
use std::path::{Path, PathBuf};

/// The folder of the package, if cargo has its crate compiled from a file there. A documentation
/// test is compiled from another file, and nothing is known of what an editor has not saved.
pub(super) fn folder() -> Option<PathBuf> {
    if !proc_macro::is_available() || editor::asks() || is_foreign() {
        return None;
    }
    let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?);
    let root = root_of_crate()?;
    let current = std::env::current_dir().ok()?;
    current.join(root).starts_with(&folder).then_some(folder)
}

/// The folder with the lock file by which cargo builds the package: that of the workspace, in which
/// it runs the compiler. A package outside of the workspace is compiled in its own folder, and its
/// own lock file has no meaning then.
pub(super) fn folder_of_lock(folder: &Path) -> Option<PathBuf> {
    let current = std::env::current_dir().ok()?;
    let is_primary = || std::env::var_os("CARGO_PRIMARY_PACKAGE").is_some();
    let is_of_workspace = folder.starts_with(&current) && (current != folder || is_primary());
    is_of_workspace.then_some(current)
}

/// Whether the package is from a registry or a repository: cargo silences the lints of these.
fn is_foreign() -> bool {
    std::env::args_os().any(|it| it.to_string_lossy().starts_with("--cap-lints"))
}

/// The file that the compiler was given. If the call is too long for the system, its arguments
/// stand in a file.
fn root_of_crate() -> Option<PathBuf> {
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|it| it == "rs");
    std::env::args_os().skip(1).find_map(|argument| {
        let text = argument.to_string_lossy();
        let Some(list) = text.strip_prefix('@') else {
            return Some(PathBuf::from(&argument)).filter(is_rust);
        };
        let list = std::fs::read_to_string(list).ok()?;
        list.lines().map(PathBuf::from).find(is_rust)
    })
}
