//! Which module of a crate imports which, and the circles among them.

use crate::source::{Source, sources};
use crate::{HOUSES, assert_none};
use std::collections::{BTreeMap, BTreeSet};

type Module = Vec<String>;

/// The modules of a crate, each with the modules that it names.
pub(crate) struct Imports(BTreeMap<Module, BTreeSet<Module>>);

impl Imports {
    /// The modules of the crate in `folder`, without unit tests and loom models.
    pub(crate) fn of(folder: &str) -> Self {
        let sources: Vec<_> = sources(&[folder])
            .into_iter()
            .filter(|source| !is_test(&source.path))
            .collect();
        let known: BTreeSet<_> = sources.iter().map(module).collect();
        let imports = sources.iter().map(|source| {
            let own = module(source);
            let named = named_paths(code_without_tests(source), &own)
                .into_iter()
                .filter_map(|path| longest_known(&path, &known))
                .filter(|other| *other != own)
                .collect();
            (own, named)
        });
        Imports(imports.collect())
    }

    /// All imports.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Module, &Module)> {
        self.0
            .iter()
            .flat_map(|(from, to)| to.iter().map(move |to| (from, to)))
    }

    /// The circles: sets of modules of which each leads to each other one. Modules whose first name
    /// is one of `without` are ignored.
    pub(crate) fn circles(&self, without: &[&str]) -> Vec<BTreeSet<&Module>> {
        let takes_part = |module: &Module| {
            module
                .first()
                .is_some_and(|first| !without.contains(&first.as_str()))
        };
        let modules: Vec<_> = self.0.keys().filter(|module| takes_part(module)).collect();
        let reached: BTreeMap<_, _> = modules
            .iter()
            .map(|&from| (from, self.reached(from, takes_part)))
            .collect();
        let mut circles = BTreeSet::new();
        for &module in &modules {
            let back = |other: &&Module| reached[other].contains(module);
            let circle: BTreeSet<_> = reached[module].iter().copied().filter(back).collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    fn reached<'a>(
        &'a self,
        from: &'a Module,
        takes_part: impl Fn(&Module) -> bool,
    ) -> BTreeSet<&'a Module> {
        let mut reached = BTreeSet::new();
        let mut pending = vec![from];
        while let Some(module) = pending.pop() {
            for next in self.0[module].iter().filter(|next| takes_part(next)) {
                if reached.insert(next) {
                    pending.push(next);
                }
            }
        }
        reached
    }
}

pub(crate) fn shown(module: &Module) -> String {
    match module.is_empty() {
        true => "lib".to_owned(),
        false => module.join("::"),
    }
}

fn is_test(path: &str) -> bool {
    ["_tests.rs", "_loom.rs"]
        .iter()
        .any(|end| path.ends_with(end))
}

fn module(source: &Source) -> Module {
    let mut module = source.module();
    if module == ["lib"] {
        module.pop();
    }
    module
}

/// The code before the first item that exists for tests only: these stand at the end of a file.
fn code_without_tests(source: &Source) -> &str {
    let code = source.code.as_str();
    let end = ["#[cfg(test)]", "#[cfg(all(test"]
        .iter()
        .filter_map(|start| code.find(start))
        .min();
    &code[..end.unwrap_or(code.len())]
}

fn longest_known(path: &[String], known: &BTreeSet<Module>) -> Option<Module> {
    (1..=path.len())
        .rev()
        .map(|n| path[..n].to_vec())
        .find(|module| known.contains(module))
}

/// All paths that begin with `crate` or `super`, from the crate's root.
fn named_paths(code: &str, own: &[String]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || "_:".contains(c)) {
                continue;
            }
            let (mut base, mut rest) = (own.to_vec(), &code[at..]);
            if let Some(inside) = rest.strip_prefix("crate::") {
                (base, rest) = (Vec::new(), inside);
            }
            while let Some(outside) = rest.strip_prefix("super::") {
                base.pop();
                rest = outside;
            }
            flatten(&base, rest, &mut paths);
        }
    }
    paths
}

/// The paths of a tree `a::{b, c::d}` below `base`.
fn flatten(base: &[String], tree: &str, paths: &mut Vec<Vec<String>>) {
    let mut base = base.to_vec();
    let mut rest = tree;
    loop {
        rest = rest.trim_start();
        if let Some(list) = rest.strip_prefix('{') {
            for part in parts(list) {
                flatten(&base, part, paths);
            }
            return;
        }
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        if !rest[..end].is_empty() && &rest[..end] != "self" {
            base.push(rest[..end].to_owned());
        }
        match rest[end..].strip_prefix("::") {
            Some(deeper) => rest = deeper,
            None => break,
        }
    }
    paths.push(base);
}

/// The parts of a list up to its closing brace.
fn parts(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&list[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[test]
fn paths_are_found_in_trees() {
    let own = ["group".to_owned(), "node".to_owned()];
    let mut found = named_paths(
        "use crate::task::{self, cell::{A, b}}; super::cancel::walk();",
        &own,
    );
    found.sort();
    let shown: Vec<_> = found.iter().map(|path| path.join("::")).collect();
    assert_eq!(
        shown,
        [
            "group::cancel::walk",
            "task",
            "task::cell::A",
            "task::cell::b"
        ]
    );
}

#[test]
fn circles_of_imports_are_small() {
    let mut broken = Vec::new();
    for house in HOUSES {
        for circle in Imports::of(house.sources).circles(house.composition) {
            if circle.len() > house.largest_circle {
                let names: Vec<_> = circle.into_iter().map(shown).collect();
                broken.push(format!("{}: {}", house.sources, names.join(", ")));
            }
        }
    }
    assert_none(broken, "modules that need each other are read together");
}
