//! Which names suspend in the compiled package: calls of all others need no probe.
//!
//! A method suspends only if a `#[vthread] impl` or trait declares it: in the package, in one that
//! it depends on, or in the library. What the package declares is read from its files, and what it
//! depends on from cargo's lock file. Where either does not tell, every name may suspend.
//!
//! A name is never taken for plain by mistake: the expansion of the `impl` or trait that declares
//! one which was not found refuses it. The packages that use it read the same files.

mod declared;
mod dependencies;
mod process;

use super::std_names::{LIBRARY, has};
use declared::names_below;
use std::path::Path;
use std::sync::OnceLock;

/// Names, in order.
type Names = Vec<&'static str>;

/// Whether no method and no associated function of this name suspends.
pub(crate) fn never_suspends(name: &str) -> bool {
    static NAMES: OnceLock<Option<Names>> = OnceLock::new();
    let names = NAMES.get_or_init(|| process::folder().and_then(|folder| in_reach(&folder)));
    let names = names.as_ref();
    names.is_some_and(|names| !has(names, name) && !has(&LIBRARY, name))
}

/// The names of the package and of all that it depends on.
fn in_reach(folder: &Path) -> Option<Names> {
    let dependencies = dependencies::using_the_library(folder)?;
    let mut all = names_below(folder)?;
    for dependency in dependencies {
        all.extend(names_below(&dependency)?);
    }
    // Kept until the compiler ends.
    let kept = |name: String| &*name.leak();
    Some(all.into_iter().map(kept).collect())
}

#[cfg(test)]
mod tests {
    use super::super::std_names::{LIBRARY, has};
    use super::declared::names_in;
    use crate::source::blanked;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry of the folder").path();
            match path.is_dir() {
                true => files_below(&path, files),
                false => files.push(path),
            }
        }
    }

    /// The words between quotes in a part of the sources.
    fn literals(text: &str) -> impl Iterator<Item = &str> {
        text.split('"').skip(1).step_by(2)
    }

    /// The names by which the files of the library announce their methods, and those of its
    /// functions that return calls.
    fn of_library() -> BTreeSet<String> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("the workspace");
        let mut files = Vec::new();
        for folder in ["src", "vthread-runtime/src"] {
            files_below(&workspace.join(folder), &mut files);
        }
        files.retain(|path| path.extension().is_some_and(|it| it == "rs"));
        let mut names = BTreeSet::new();
        for path in files {
            let text = fs::read_to_string(&path).expect("a source");
            let lines = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let text: String = lines.flat_map(|line| [line, "\n"]).collect();
            for start in ["suspends!(", "io_names! {", "name_hash(\""] {
                for part in text.split(start).skip(1) {
                    let end = part.find([')', '}']).unwrap_or(part.len());
                    let part = &part[..end];
                    match start.ends_with('"') {
                        true => names.extend(part.split('"').next().map(str::to_owned)),
                        false => names.extend(literals(part).map(str::to_owned)),
                    }
                }
            }
            for part in text.split("pub fn ").skip(1) {
                let header = &part[..part.find(['{', ';']).unwrap_or(part.len())];
                let is_hidden = path
                    .components()
                    .any(|it| it.as_os_str() == "macro_support");
                if header.contains("Call<") && !is_hidden && !header.starts_with(['$', '_']) {
                    names.extend(header.split(['(', '<']).next().map(str::to_owned));
                }
            }
            if path.starts_with(workspace.join("src")) {
                let code = blanked(&text);
                let declared = names_in(&code).expect("the facade makes no names");
                names.extend(declared.into_iter().map(str::to_owned));
            }
        }
        names
    }

    #[test]
    fn t17_the_list_of_the_librarys_methods_is_that_of_its_sources() {
        let names = of_library();
        let missing: Vec<_> = names.iter().filter(|name| !has(&LIBRARY, name)).collect();
        assert!(
            missing.is_empty(),
            "not in library_methods.txt: {missing:?}"
        );
        let gone: Vec<_> = LIBRARY
            .iter()
            .filter(|name| !names.contains(**name))
            .collect();
        assert!(gone.is_empty(), "in library_methods.txt only: {gone:?}");
    }
}
