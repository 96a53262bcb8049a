//! The source files of the workspace, and the names in them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::strip::strip;

/// A source file.
pub(crate) struct Source {
    /// Its path from the root of the workspace.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text without comments and the contents of literals; the lines are the same.
    pub(crate) code: String,
}

pub(crate) fn all_sources() -> Vec<Source> {
    sources(&[
        "src",
        "vthread-macros/src",
        "vthread-runtime/src",
        "tests",
        "examples",
        "benches/src",
    ])
}

pub(crate) fn sources(folders: &[&str]) -> Vec<Source> {
    let files = folders
        .iter()
        .flat_map(|folder| files_below(&root().join(folder), "rs"));
    // Programs that are the material of tests, and expansions of some.
    let is_material =
        |path: &str| path.starts_with("tests/ui/") || path.starts_with("tests/expand/");
    let own = files.filter(|path| !is_material(&relative(path)));
    own.map(|path| {
        let text = fs::read_to_string(&path).expect("a source file");
        Source {
            path: relative(&path),
            code: strip(&text),
            text,
        }
    })
    .collect()
}

impl Source {
    /// The path of the file's module inside its crate.
    pub(crate) fn module(&self) -> Vec<String> {
        let (_, inside) = self.path.split_once("src/").expect("a file of a crate");
        let mut module: Vec<_> = inside
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if module.len() > 1 && module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        module
    }
}

/// Whether `word` occurs in `code`, as a whole word.
pub(crate) fn has_word(code: &str, word: &str) -> bool {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|found| found == word)
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}

pub(crate) fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(root()).expect("a file of the workspace");
    inside.to_str().expect("plain text").replace('\\', "/")
}

/// All files with this extension in a folder and the folders in it, sorted.
pub(crate) fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        let is_ours = path
            .file_name()
            .is_some_and(|name| name != "target" && name != ".git");
        if path.is_dir() && is_ours {
            files.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}
