//! The name by which generated code reaches the library: `::vthread`, the name of a renamed
//! dependency, or the path in `#[vthread(crate = path)]`, for frameworks that re-export the
//! library.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use syn::Token;

const OWN_NAME: &str = "vthread";

/// The names of the package: in the repository, and on the registry, where another has the first.
const PACKAGES: [&str; 2] = [OWN_NAME, "vthread-rs"];

thread_local! {
    /// The path given in the surrounding attribute.
    static GIVEN: RefCell<Option<TokenStream>> = const { RefCell::new(None) };
}

/// Writes the path to the library, with this span.
pub(crate) fn write_path(span: Span, tokens: &mut TokenStream) {
    let given = GIVEN.with_borrow(|given| given.clone());
    match given {
        Some(path) => with_span(path, span).to_tokens(tokens),
        None => {
            // Each call of the runtime in an expansion has this name.
            static IS_RAW: OnceLock<bool> = OnceLock::new();
            let is_raw = *IS_RAW.get_or_init(|| syn::parse_str::<Ident>(name()).is_err());
            Token![::](span).to_tokens(tokens);
            tokens.append(match is_raw {
                true => Ident::new_raw(name(), span),
                false => Ident::new(name(), span),
            });
        }
    }
}

/// The path to the library, with this span.
pub(crate) fn path(span: Span) -> TokenStream {
    let mut path = TokenStream::new();
    write_path(span, &mut path);
    path
}

/// Whether a path of one segment before a macro's name is the library.
pub(crate) fn is_named(text: &str) -> bool {
    text == OWN_NAME || text == name()
}

/// Expands with the path of `#[vthread(crate = path)]`, if there is one.
pub(crate) fn reached_by<T>(given: Option<TokenStream>, expand: impl FnOnce() -> T) -> T {
    let Some(given) = given else { return expand() };
    let before = GIVEN.replace(Some(given));
    let expanded = expand();
    GIVEN.set(before);
    expanded
}

fn with_span(tokens: TokenStream, span: Span) -> TokenStream {
    let trees = tokens.into_iter().map(|mut tree| {
        if let TokenTree::Group(group) = &tree {
            tree = Group::new(group.delimiter(), with_span(group.stream(), span)).into();
        }
        tree.set_span(span);
        tree
    });
    quote!(#(#trees)*)
}

/// Whether the compiled crate is of edition 2015. There a path in a `use` begins at the crate's
/// root, so the imports by which expansions find companions would find other items.
pub(crate) fn is_of_2015() -> bool {
    static IS: OnceLock<bool> = OnceLock::new();
    *IS.get_or_init(|| {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .and_then(|folder| std::fs::read_to_string(Path::new(&folder).join("Cargo.toml")).ok());
        manifest.is_some_and(|manifest| says_2015(&manifest))
    })
}

fn says_2015(manifest: &str) -> bool {
    let mut package = entries(manifest).filter(|entry| entry.table == "package");
    let is_package = package.next().is_some();
    let edition = package.find(|entry| entry.key.starts_with("edition"));
    is_package && edition.is_none_or(|edition| edition.value.contains("2015"))
}

/// The name of the library in the compiled crate.
fn name() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let found = std::env::var_os("CARGO_MANIFEST_DIR").and_then(|folder| {
            let manifest = std::fs::read_to_string(Path::new(&folder).join("Cargo.toml")).ok()?;
            renamed_in(&manifest, || workspace_of(Path::new(&folder)))
        });
        found.map_or_else(|| OWN_NAME.to_owned(), |name| name.replace('-', "_"))
    })
}

/// The manifest of the workspace that contains a folder.
fn workspace_of(folder: &Path) -> Option<String> {
    let mut manifests = folder.ancestors().map(|folder| folder.join("Cargo.toml"));
    manifests.find_map(|path: PathBuf| {
        let manifest = std::fs::read_to_string(path).ok()?;
        let is_one = entries(&manifest).any(|entry| entry.table.starts_with("workspace"));
        is_one.then_some(manifest)
    })
}

/// The new name of the library, unless a dependency has it under its own name.
fn renamed_in(manifest: &str, workspace: impl FnOnce() -> Option<String>) -> Option<String> {
    let dependencies: Vec<Dependency> = dependencies(manifest, false);
    if dependencies.iter().any(|one| one.is_library(OWN_NAME)) {
        return None;
    }
    let own = dependencies
        .iter()
        .find(|one| one.package.is_some_and(is_own));
    if let Some(own) = own {
        return Some(own.name.to_owned());
    }
    let inherited: Vec<&str> = dependencies
        .iter()
        .filter(|one| one.is_inherited)
        .map(|one| one.name)
        .collect();
    if inherited.is_empty() {
        return None;
    }
    let workspace = workspace()?;
    let shared = self::dependencies(&workspace, true);
    let mut of_library = shared.iter().filter(|one| one.package.is_some_and(is_own));
    let name = of_library.find(|one| inherited.contains(&one.name))?.name;
    Some(name.to_owned())
}

/// A dependency in a manifest, written in one line or as a table.
struct Dependency<'a> {
    name: &'a str,
    package: Option<&'a str>,
    is_inherited: bool,
}

impl Dependency<'_> {
    fn is_library(&self, name: &str) -> bool {
        self.name == name && self.package.is_none_or(is_own)
    }
}

fn is_own(package: &str) -> bool {
    PACKAGES.contains(&package)
}

fn dependencies(manifest: &str, of_workspace: bool) -> Vec<Dependency<'_>> {
    let mut found: Vec<Dependency<'_>> = Vec::new();
    for Entry { table, key, value } in entries(manifest) {
        if table.starts_with("workspace") != of_workspace {
            continue;
        }
        let (name, part) = match (table.rsplit_once('.'), key.split_once('.')) {
            _ if table.ends_with("dependencies") => match key.split_once('.') {
                // `name.package = "vthread"`
                Some((name, part)) => (name.trim(), part.trim()),
                None => (key, ""),
            },
            (Some((before, name)), _) if before.ends_with("dependencies") => (name.trim(), key),
            _ => continue,
        };
        let name = name.trim_matches('"');
        let at = found.iter().position(|one| one.name == name);
        let at = at.unwrap_or_else(|| {
            found.push(Dependency {
                name,
                package: None,
                is_inherited: false,
            });
            found.len() - 1
        });
        match part {
            "package" => found[at].package = value.split('"').nth(1),
            "workspace" => found[at].is_inherited = value.contains("true"),
            "" => {
                let inside = value
                    .split(['{', ',', '}'])
                    .filter_map(|part| part.split_once('='));
                for (part, value) in inside {
                    match part.trim() {
                        "package" => found[at].package = value.split('"').nth(1),
                        "workspace" => found[at].is_inherited = value.contains("true"),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// A line of a manifest, with its table. A header is a line without key.
struct Entry<'a> {
    table: &'a str,
    key: &'a str,
    value: &'a str,
}

fn entries(manifest: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut table = "";
    manifest.lines().filter_map(move |line| {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            table = header.trim_start_matches('[').split(']').next()?.trim();
            return Some(Entry {
                table,
                key: "",
                value: "",
            });
        }
        let (key, value) = line.split_once('=')?;
        (!line.starts_with('#')).then(|| Entry {
            table,
            key: key.trim(),
            value: value.trim(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{renamed_in, says_2015};

    #[test]
    fn t02_edition_2015_is_seen_where_it_is_not_written_too() {
        assert!(says_2015("[package]\nname = \"a\"\nedition = \"2015\""));
        assert!(says_2015(
            "[package]\nname = \"a\"\n[dependencies]\nedition = \"1\""
        ));
        assert!(!says_2015("[package]\nname = \"a\"\nedition = \"2018\""));
        assert!(!says_2015(
            "[package]\nedition.workspace = true\nname = \"a\""
        ));
        assert!(!says_2015("[workspace]"));
    }

    fn renamed(manifest: &str) -> Option<String> {
        renamed_in(manifest, || None)
    }

    #[test]
    fn t13_a_renamed_dependency_is_found_in_every_form() {
        let vt = Some("vt".to_owned());
        for manifest in [
            "[dependencies]\nserde = \"1\"\nvt = { version = \"0.1\", package = \"vthread\" }\n",
            "[dependencies]\nvt = { package = \"vthread\", path = \"../x\", features = [\"tracing\"] }",
            "[dependencies.vt]\nversion = \"0.1\"\npackage = \"vthread\"\n[features]\nx = []",
            "[dependencies]\nvt = { version = \"0.1\", package = \"vthread-rs\" }",
            "[target.'cfg(unix)'.dev-dependencies]\nvt.package = \"vthread\"\nvt.version = \"0.1\"",
        ] {
            assert_eq!(renamed(manifest), vt, "{manifest}");
        }
    }

    #[test]
    fn t13_a_dependency_under_its_own_name_is_not_renamed() {
        for manifest in [
            "[package]\nname = \"vt\"\n[dependencies]\nvthread = \"0.1\"\n",
            "[dependencies]\nvthread = { path = \"x\" }\nvt = { package = \"vthread\", version = \"0.0\" }",
            "[dependencies]\nvthread.workspace = true",
            "[dependencies]\nvthread-rs = \"0.1\"",
            "[dependencies]\nvthread = { version = \"0.1\", package = \"vthread-rs\" }",
            "# vt = { package = \"vthread\" }\n[dependencies]\n",
        ] {
            assert_eq!(renamed(manifest), None, "{manifest}");
        }
    }

    #[test]
    fn t13_the_workspace_may_rename_it() {
        let workspace = "[workspace]\n[workspace.dependencies]\nvt = { package = \"vthread\", version = \"0.1\" }";
        for manifest in [
            "[dependencies]\nvt.workspace = true",
            "[dependencies]\nvt = { workspace = true, features = [\"tracing\"] }",
            "[dependencies.vt]\nworkspace = true",
        ] {
            let found = renamed_in(manifest, || Some(workspace.to_owned()));
            assert_eq!(found.as_deref(), Some("vt"), "{manifest}");
        }
    }
}
