//! The packages that the compiled one depends on and that use the library, as far as they are in
//! its workspace: their files are read, too.

use super::process::folder_of_lock;
use crate::library::{entries, is_own};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of these packages. `None` if one of them is elsewhere, or it is not known which they
/// are.
///
/// A package below the workspace's folder is compiled by the same lock file. So it knows the names
/// in its reach if this one does, and has refused methods of other names.
pub(super) fn using_the_library(folder: &Path) -> Option<Vec<PathBuf>> {
    let workspace = folder_of_lock(folder)?;
    let lock = fs::read_to_string(workspace.join("Cargo.lock")).ok()?;
    let name = std::env::var("CARGO_PKG_NAME").ok()?;
    let version = std::env::var("CARGO_PKG_VERSION").ok()?;
    let names = names(&packages(&lock), &name, &version)?;
    if names.is_empty() {
        return Some(Vec::new());
    }
    let root = workspace.canonicalize().ok()?;
    let beside = folders([folder.to_owned(), workspace]);
    let of = |name: &str| {
        let mut found = beside.iter().filter(|(own, _)| own == name);
        let (_, folder) = found.next().filter(|_| found.next().is_none())?;
        let is_below = folder.starts_with(&root) && *folder != root;
        is_below.then(|| folder.clone())
    };
    names.into_iter().map(of).collect()
}

/// A package in a lock file.
#[derive(Default)]
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    /// Whether it lies beside the program.
    is_beside: bool,
    /// Each with its version, if there are several of the name.
    dependencies: Vec<&'a str>,
}

impl Package<'_> {
    fn is(&self, dependency: &str) -> bool {
        let mut words = dependency.split(' ');
        words.next() == Some(self.name) && words.next().is_none_or(|it| it == self.version)
    }

    fn uses_the_library(&self) -> bool {
        let mut names = self.dependencies.iter().map(|it| it.split(' ').next());
        names.any(|name| name.is_some_and(is_of_library))
    }
}

fn is_of_library(name: &str) -> bool {
    is_own(name) || matches!(name, "vthread-macros" | "vthread-runtime")
}

fn packages(lock: &str) -> Vec<Package<'_>> {
    let mut packages = Vec::new();
    for line in lock.lines() {
        if line == "[[package]]" {
            packages.push(Package {
                is_beside: true,
                ..Package::default()
            });
            continue;
        }
        let Some(package) = packages.last_mut() else {
            continue;
        };
        let text = line.split('"').nth(1);
        match (line.split(' ').next(), text) {
            (Some("name"), Some(name)) => package.name = name,
            (Some("version"), Some(version)) => package.version = version,
            (Some("source"), _) => package.is_beside = false,
            (Some(""), Some(dependency)) => package.dependencies.push(dependency),
            _ => {}
        }
    }
    packages
}

/// The packages that one depends on and that may use the library. `None` if they do not all lie
/// beside the program.
fn names<'a>(packages: &[Package<'a>], name: &str, version: &str) -> Option<Vec<&'a str>> {
    let is_it = |it: &Package<'a>| it.is_beside && it.name == name && it.version == version;
    let at = packages.iter().position(is_it)?;
    let own = &packages[at];
    let is_of_one =
        |it: &&str| !(it.split(' ').next().is_some_and(is_of_library) && it.contains(' '));
    // Another version of the library may have other names.
    if !own.dependencies.iter().all(is_of_one) {
        return None;
    }
    let is_another = |it: &Package<'_>| !is_of_library(it.name) && it.name != name;
    let mut others = packages.iter().filter(|it| is_another(it));
    if !others.any(Package::uses_the_library) {
        return Some(Vec::new());
    }
    let needed = needed(packages);
    let reaches = reaches_the_library(packages, &needed);
    let mut is_seen = vec![false; packages.len()];
    let mut waiting = vec![at];
    let mut names = Vec::new();
    while let Some(at) = waiting.pop() {
        if std::mem::replace(&mut is_seen[at], true) {
            continue;
        }
        if reaches[at] && is_another(&packages[at]) {
            if !packages[at].is_beside {
                return None;
            }
            names.push(packages[at].name);
        }
        waiting.extend(&needed[at]);
    }
    Some(names)
}

/// The places of the packages that each one depends on.
fn needed(packages: &[Package<'_>]) -> Vec<Vec<usize>> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, package) in packages.iter().enumerate() {
        places.entry(package.name).or_default().push(at);
    }
    let of_one = |package: &Package<'_>| {
        let mut needed = Vec::new();
        for dependency in &package.dependencies {
            let name = dependency.split(' ').next().unwrap_or_default();
            let places = places.get(name).map(Vec::as_slice).unwrap_or_default();
            needed.extend(places.iter().filter(|at| packages[**at].is(dependency)));
        }
        needed
    };
    packages.iter().map(of_one).collect()
}

/// Which packages use the library, be it through one that re-exports it.
fn reaches_the_library(packages: &[Package<'_>], needed: &[Vec<usize>]) -> Vec<bool> {
    let mut reaches: Vec<bool> = packages.iter().map(Package::uses_the_library).collect();
    loop {
        let mut is_new = false;
        for (at, needed) in needed.iter().enumerate() {
            if !reaches[at] && needed.iter().any(|at| reaches[*at]) {
                (reaches[at], is_new) = (true, true);
            }
        }
        if !is_new {
            return reaches;
        }
    }
}

/// The packages whose paths these manifests name, and theirs: each with its folder.
fn folders(of: [PathBuf; 2]) -> Vec<(String, PathBuf)> {
    let mut waiting = of.to_vec();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else {
            continue;
        };
        let Ok(real) = folder.canonicalize() else {
            continue;
        };
        if !seen.insert(real.clone()) {
            continue;
        }
        let mut own = entries(&manifest).filter(|it| it.table == "package" && it.key == "name");
        if let Some(name) = own.next().and_then(|it| it.value.split('"').nth(1)) {
            found.push((name.to_owned(), real));
        }
        waiting.extend(paths(&manifest).map(|path| folder.join(path)));
    }
    found
}

/// The paths of dependencies that a manifest names.
fn paths(manifest: &str) -> impl Iterator<Item = &str> {
    manifest.lines().filter_map(|line| {
        let (before, after) = line.split_once("path")?;
        let is_key = before.is_empty() || before.ends_with([' ', '{', ',', '.', '\t']);
        let value = after.trim_start().strip_prefix('=').filter(|_| is_key)?;
        value.split('"').nth(1)
    })
}

#[cfg(test)]
mod tests {
    use super::{folders, names, packages};
    use std::path::Path;

    const LOCK: &str = r#"version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "beside",
 "plain 2.0.0",
 "vthread",
]

[[package]]
name = "beside"
version = "0.1.0"
dependencies = [
 "inner",
]

[[package]]
name = "inner"
version = "0.1.0"
dependencies = [
 "vthread",
]

[[package]]
name = "plain"
version = "1.0.0"
source = "registry+x"
dependencies = [
 "vthread",
]

[[package]]
name = "plain"
version = "2.0.0"
source = "registry+x"

[[package]]
name = "vthread"
version = "0.1.0"
dependencies = [
 "vthread-runtime",
]
"#;

    #[test]
    fn t17_packages_in_reach_are_those_that_use_the_library() {
        let packages = packages(LOCK);
        let found = |name| names(&packages, name, "0.1.0");
        assert_eq!(found("app"), Some(vec!["beside", "inner"]));
        assert_eq!(found("inner"), Some(Vec::new()));
        assert_eq!(found("plain"), None);
        assert_eq!(found("unknown"), None);
    }

    #[test]
    fn t17_methods_of_packages_from_elsewhere_are_not_known() {
        for (from, to) in [
            ("plain 2.0.0", "plain 1.0.0"),
            ("plain 2.0.0", "plain"),
            ("\"vthread\"", "\"vthread 0.1.0\""),
        ] {
            let lock = LOCK.replace(from, to);
            assert_eq!(names(&packages(&lock), "app", "0.1.0"), None, "{to}");
        }
    }

    #[test]
    fn t17_the_folders_of_dependencies_are_found() {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("a workspace");
        let user = workspace.join("tests/crates/user");
        let found = folders([user, workspace.to_owned()]);
        for name in ["exporter", "vthread", "user"] {
            let n = found.iter().filter(|(own, _)| own == name).count();
            assert_eq!(n, 1, "{name}");
        }
    }
}
