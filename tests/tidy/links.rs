//! What pages point at: links, which rustdoc shows too, and paths.

use std::collections::BTreeSet;

use crate::assert_none;
use crate::source::{files_below, read, relative, root};

/// `[name]: target`, one a line.
fn definitions(text: &str) -> Vec<(&str, &str)> {
    let lines = text.lines().filter(|line| line.starts_with('['));
    lines
        .filter_map(|line| line[1..].split_once("]: "))
        .collect()
}

/// The pages that rustdoc shows, each with the definitions that precede its own there.
fn pages() -> Vec<(String, Vec<&'static str>)> {
    let mut pages = vec![("README.md".to_owned(), vec!["src/links.md"])];
    for path in files_below(&root().join("docs"), "md") {
        let path = relative(&path);
        let preceding = match path.starts_with("docs/guide/") {
            true => vec!["src/guide/links.md", "src/guide/pictures.md"],
            false => Vec::new(),
        };
        // The page for those who release is for readers of the repository.
        if path != "docs/release.md" {
            pages.push((path, preceding));
        }
    }
    pages
}

/// In the documentation a page does not stand beside the files of the repository.
#[test]
fn links_to_files_lead_somewhere_in_the_documentation_too() {
    let mut broken = Vec::new();
    for (page, preceding) in pages() {
        let text = read(&page);
        let preceding: Vec<String> = preceding.into_iter().map(read).collect();
        let known: BTreeSet<&str> = preceding
            .iter()
            .flat_map(|text| definitions(text))
            .map(|(name, _)| name)
            .collect();
        let folder = root().join(&page).parent().expect("a folder").to_owned();
        for (name, target) in definitions(&text) {
            let is_elsewhere = target.starts_with("https://") || target.starts_with("crate::");
            if !is_elsewhere && !folder.join(target).exists() {
                broken.push(format!("{page}: there is no {target}"));
            }
            if !is_elsewhere && !known.contains(name) {
                broken.push(format!("{page}: [{name}] leads to a file"));
            }
        }
        for link in text.split("](").skip(1) {
            if !link.starts_with(['#', ')']) && !link.starts_with("https://") {
                let target = link.split(')').next().unwrap_or(link);
                broken.push(format!("{page}: ]({target}) is no definition"));
            }
        }
    }
    assert_none(
        broken,
        "a link to a file is a definition, which src/links.md or src/guide/links.md replaces",
    );
}

/// Paths in backticks of the pages for maintainers. A path may begin in the sources of a crate.
#[test]
fn paths_that_pages_name_exist() {
    let pages = ["ARCHITECTURE.md", "CONTRIBUTING.md", "benches/README.md"];
    let roots = [
        "",
        "vthread-runtime/src/",
        "vthread-macros/src/",
        "benches/",
        "tests/",
    ];
    let mut broken = Vec::new();
    for page in pages {
        let text = read(page);
        // The odd pieces stand between backticks.
        let quoted = text.split('`').skip(1).step_by(2);
        let is_path = |word: &&str| {
            word.contains('/')
                && !word.starts_with(['/', '-'])
                && word
                    .chars()
                    .all(|c| c.is_alphanumeric() || "/._-".contains(c))
        };
        for path in quoted.filter(is_path) {
            let exists = |top: &&str| root().join(top).join(path).exists();
            if !roots.iter().any(exists) {
                broken.push(format!("{page} names {path}"));
            }
        }
    }
    assert_none(
        broken,
        "a page that points at a file points at one that is there",
    );
}
