//! What the published crates depend on: licences, sources, and versions.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::assert_none;
use crate::source::{read, root};

const PUBLISHED: &[&str] = &["vthread", "vthread-macros", "vthread-runtime"];

/// Crates that are there in two versions, because tokio needs an older one.
const DOUBLE: &[&str] = &["lock_api", "parking_lot", "parking_lot_core"];

/// The packages that a program with all features builds, by name and version.
struct Graph {
    packages: Vec<Value>,
}

impl Graph {
    /// `None`: cargo cannot have the manifests of all dependencies, because there is no network.
    fn of_published() -> Option<Graph> {
        let features =
            ["console", "http2", "tower", "tokio", "tracing"].map(|name| format!("vthread/{name}"));
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--features"])
            .arg(features.join(","))
            .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        if !output.status.success() {
            println!(
                "!!!!!! THE DEPENDENCIES ARE NOT CHECKED: cargo cannot have them all here !!!!!!"
            );
            println!("{}", String::from_utf8_lossy(&output.stderr));
            return None;
        }
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let by_id = |list: &Value| -> BTreeMap<String, Value> {
            let items = list.as_array().expect("a list").iter();
            items
                .map(|item| (text(&item["id"]), item.clone()))
                .collect()
        };
        let (packages, nodes) = (
            by_id(&metadata["packages"]),
            by_id(&metadata["resolve"]["nodes"]),
        );
        let is_published = |package: &&Value| PUBLISHED.contains(&text(&package["name"]).as_str());
        let roots = packages.values().filter(is_published);
        let mut waiting: Vec<String> = roots.map(|package| text(&package["id"])).collect();
        let mut reached = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            let node = &nodes[&id];
            if !reached.insert(id) {
                continue;
            }
            for dependency in node["deps"].as_array().expect("a list") {
                let mut kinds = dependency["dep_kinds"].as_array().expect("a list").iter();
                if kinds.any(|kind| kind["kind"] != "dev") {
                    waiting.push(text(&dependency["pkg"]));
                }
            }
        }
        let packages = reached.iter().map(|id| packages[id].clone()).collect();
        Some(Graph { packages })
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The licences in `deny.toml`.
fn allowed() -> Vec<String> {
    let text = read("deny.toml");
    let list = text.split("allow = [").nth(1).expect("a list of licences");
    let list = list.split(']').next().expect("its end");
    list.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// Whether the licences in an expression such as `(MIT OR Apache-2.0) AND Unicode-3.0` are allowed:
/// one of each `OR`.
fn is_allowed(licence: &str, allowed: &[String]) -> bool {
    let licence = licence.replace('/', " OR ");
    let mut parts = licence.split(" AND ");
    parts.all(|part| {
        let mut choices = part.split(" OR ");
        choices.any(|choice| {
            let choice = choice.trim().trim_matches(['(', ')']);
            allowed.iter().any(|allowed| allowed == choice)
        })
    })
}

#[test]
fn licences_are_read_as_they_are_meant() {
    let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"].map(str::to_owned);
    for licence in [
        "MIT",
        "GPL-3.0 OR MIT",
        "MIT/Apache-2.0",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
    ] {
        assert!(is_allowed(licence, &allowed), "{licence}");
    }
    for licence in [
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "",
        "(MIT OR Apache-2.0) AND GPL-3.0",
    ] {
        assert!(!is_allowed(licence, &allowed), "{licence}");
    }
}

#[test]
fn licences_and_sources_of_dependencies_are_allowed() {
    let allowed = allowed();
    let Some(graph) = Graph::of_published() else {
        return;
    };
    let mut broken = Vec::new();
    for package in graph.packages {
        let name = text(&package["name"]);
        if !is_allowed(&text(&package["license"]), &allowed) {
            broken.push(format!("{name} has the licence {}", package["license"]));
        }
        let is_own = PUBLISHED.contains(&name.as_str());
        if !is_own && !text(&package["source"]).starts_with("registry+") {
            broken.push(format!("{name} does not come from a registry"));
        }
    }
    assert_none(
        broken,
        "deny.toml says what programs that use the crates may depend on",
    );
}

#[test]
fn no_other_crate_is_there_twice() {
    let Some(graph) = Graph::of_published() else {
        return;
    };
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in graph.packages {
        let of_name = versions.entry(text(&package["name"])).or_default();
        of_name.insert(text(&package["version"]));
    }
    let is_double = |name: &str| {
        versions
            .get(name)
            .is_some_and(|versions| versions.len() > 1)
    };
    let new = versions
        .keys()
        .filter(|name| is_double(name) && !DOUBLE.contains(&name.as_str()));
    let mut broken: Vec<String> = new.map(|name| format!("{name} is there twice")).collect();
    let gone = DOUBLE.iter().filter(|name| !is_double(name));
    broken.extend(gone.map(|name| format!("{name} is there once, by now")));
    assert_none(broken, "a second version of a crate is built for nothing");
}
