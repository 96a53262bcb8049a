//! Modules that need the name of a vthread function too.
//!
//! A `use` imports the meaning of a name as a value, a type and a macro. Vthread code finds a
//! function's companion in the module of its name, so that it travels with the function. If a
//! module of the user's has that name, rustc only reports that a name is defined twice; the message
//! here adds what to do, from the contents of the source files. If these cannot be read there is no
//! message, and rustc's error remains.
//!
//! A function at the root of its crate with the name of that crate is a special case: wherever the
//! crate is used, its name is the name of a module. There the companion stands at the root itself.

use crate::errors::Clash;
use crate::names::plain_text;
use crate::source::{file_of, is_of_word, line_of, read};
use proc_macro2::Ident;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use syn::visit::{self, Visit};
use syn::{File, ImplItemFn, Item, ItemFn, ItemMod, ItemUse, TraitItemFn, UseTree};

/// The module that takes the name of a vthread function away.
pub(crate) fn clash(name: &Ident) -> Option<Clash> {
    let path = file_of(name.span())?;
    let text = plain_text(name);
    let declares = format!("mod {text}");
    if modules_of(&path)?.contains(&text) {
        let found = clash_among(&parsed(&path)?.items, &text, is_root(&path));
        if found.is_some() {
            return found;
        }
    }
    if is_in_a_function(name, &path) {
        return Some(Clash::Hidden);
    }
    // The file of the module, and the declaration of that module.
    let around = parent_of(&path, &text)?;
    let is_named = |source: &Rc<String>| source.contains(&declares) && source.contains("use ");
    let is_in_it = has_vthread_fn(&parsed(&path)?.items, &text);
    let parent = around
        .iter()
        .find(|path| read(path).is_some_and(|source| is_named(&source)))?;
    let is_reexported = || Some(reexports(&parsed(parent)?.items, &text, is_root(parent)));
    (is_in_it && is_reexported()?).then_some(Clash::Around)
}

/// Whether the paths of a file's imports that begin with `crate` begin in the file itself.
fn is_root(path: &Path) -> bool {
    path.ends_with("lib.rs") || path.ends_with("main.rs")
}

/// The names after each `mod` of a file: a file is searched once, and not for each function.
pub(super) fn modules_of(path: &Path) -> Option<Rc<HashSet<String>>> {
    thread_local! {
        static MODULES: RefCell<HashMap<PathBuf, Rc<HashSet<String>>>> = RefCell::default();
    }
    let text = read(path)?;
    Some(MODULES.with_borrow_mut(|modules| {
        let found = modules.entry(path.to_owned());
        let names = || {
            let names = text.split("mod ").skip(1).map(|after| {
                let end = after.bytes().position(|byte| !is_of_word(byte));
                after[..end.unwrap_or(after.len())].to_owned()
            });
            Rc::new(names.collect())
        };
        Rc::clone(found.or_insert_with(names))
    }))
}

/// Whether the function stands at the root of a library and has its name.
pub(crate) fn is_named_as_its_library(name: &Ident) -> bool {
    let text = plain_text(name);
    if std::env::var("CARGO_CRATE_NAME").is_ok_and(|library| library == text) {
        return file_of(name.span())
            .filter(|path| path.ends_with("src/lib.rs"))
            .and_then(|path| parsed(&path))
            .is_some_and(|file| has_vthread_fn(&file.items, &text));
    }
    false
}

/// Whether a vthread function is nested in another function. The file is parsed only if the
/// function is indented.
fn is_in_a_function(name: &Ident, path: &Path) -> bool {
    thread_local! {
        static FUNCTIONS: RefCell<HashMap<PathBuf, Rc<Functions>>> = RefCell::new(HashMap::new());
    }
    let line = name.span().unwrap().start().line();
    let is_indented = line_of(path, line).is_some_and(|line| line.starts_with([' ', '\t']));
    if !is_indented {
        return false;
    }
    let functions = FUNCTIONS.with_borrow_mut(|functions| {
        let found = functions.entry(path.to_owned());
        Rc::clone(found.or_insert_with(|| Rc::new(Functions::of(parsed(path).as_ref()))))
    });
    let text = plain_text(name);
    functions.nested.contains(&text) && !functions.of_modules.contains(&text)
}

/// The vthread functions of a file by name.
#[derive(Default)]
struct Functions {
    of_modules: HashSet<String>,
    nested: HashSet<String>,
    depth: usize,
}

impl Functions {
    fn of(file: Option<&File>) -> Self {
        let mut functions = Functions::default();
        if let Some(file) = file {
            functions.visit_file(file);
        }
        functions
    }

    fn deeper(&mut self, inside: impl FnOnce(&mut Self)) {
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if crate::known::attributes::is_vthread(&function.attrs) {
            let names = match self.depth {
                0 => &mut self.of_modules,
                _ => &mut self.nested,
            };
            names.insert(plain_text(&function.sig.ident));
        }
        self.deeper(|this| visit::visit_item_fn(this, function));
    }
    // A module in a function counts like any other.
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        let depth = std::mem::take(&mut self.depth);
        visit::visit_item_mod(self, module);
        self.depth = depth;
    }
    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.deeper(|this| visit::visit_impl_item_fn(this, function));
    }
    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        self.deeper(|this| visit::visit_trait_item_fn(this, function));
    }
}

fn clash_among(items: &[Item], name: &str, is_root: bool) -> Option<Clash> {
    let mut modules = items.iter().filter_map(|item| match item {
        Item::Mod(module) if !has_condition(&module.attrs) => Some(module),
        _ => None,
    });
    let own = modules.clone().find(|module| module.ident == name);
    if let Some(own) = own {
        if has_vthread_fn(items, name) {
            return Some(Clash::Beside);
        }
        let inside = own.content.as_ref().map(|(_, items)| items);
        let is_inside = inside.is_some_and(|inside| has_vthread_fn(inside, name));
        if is_inside && reexports(items, name, is_root) {
            return Some(Clash::Around);
        }
    }
    modules.find_map(|module| clash_among(&module.content.as_ref()?.1, name, false))
}

fn has_vthread_fn(items: &[Item], name: &str) -> bool {
    items.iter().any(|item| match item {
        Item::Fn(function) => {
            function.sig.ident == name && crate::known::attributes::is_vthread(&function.attrs)
        }
        _ => false,
    })
}

/// Whether there is a `use name::name;`, which imports the companion too.
fn reexports(items: &[Item], name: &str, is_root: bool) -> bool {
    items.iter().any(|item| match item {
        Item::Use(import) => !has_condition(&import.attrs) && brings(import, name, is_root),
        _ => false,
    })
}

fn brings(import: &ItemUse, name: &str, is_root: bool) -> bool {
    fn ends(tree: &UseTree, name: &str) -> bool {
        match tree {
            UseTree::Name(last) => last.ident == name,
            UseTree::Group(group) => group.items.iter().any(|tree| ends(tree, name)),
            _ => false,
        }
    }
    fn begins(tree: &UseTree, name: &str, is_root: bool) -> bool {
        let is_here = |first: &Ident| first == "self" || is_root && first == "crate";
        match tree {
            UseTree::Path(path) if is_here(&path.ident) => begins(&path.tree, name, is_root),
            UseTree::Path(path) => path.ident == name && ends(&path.tree, name),
            UseTree::Group(group) => group.items.iter().any(|tree| begins(tree, name, is_root)),
            _ => false,
        }
    }
    begins(&import.tree, name, is_root)
}

fn has_condition(attrs: &[syn::Attribute]) -> bool {
    attrs
        .iter()
        .any(|attr| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr"))
}

/// The files that may declare the module `name`, which is the file at `path`.
fn parent_of(path: &Path, name: &str) -> Option<Vec<PathBuf>> {
    let stem = path.file_stem()?.to_str()?;
    let folder = path.parent()?;
    let folder = match stem {
        _ if stem == name => folder,
        "mod" if folder.file_name()?.to_str() == Some(name) => folder.parent()?,
        _ => return None,
    };
    let mut files: Vec<PathBuf> = ["lib.rs", "main.rs", "mod.rs"]
        .iter()
        .map(|file| folder.join(file))
        .collect();
    files.push(folder.with_extension("rs"));
    Some(files)
}

fn parsed(path: &Path) -> Option<File> {
    syn::parse_file(&read(path)?).ok()
}

#[cfg(test)]
mod tests {
    use super::{Clash, Functions, clash_among};

    #[test]
    fn t13_functions_in_functions_are_told_from_those_of_modules() {
        let file = syn::parse_file(
            "mod a { #[vthread] fn of_module() {} }
             fn plain() { #[vthread] fn nested() {} }
             impl A { fn method(&self) { { #[vthread] fn in_method() {} } } }
             fn other() { fn not_vthread() {} mod b { #[vthread] fn deeper() {} } }",
        );
        let functions = Functions::of(Some(&file.expect("it is Rust")));
        let of_modules = ["of_module".to_owned(), "deeper".to_owned()];
        assert_eq!(functions.of_modules, of_modules.into());
        let nested = ["nested".to_owned(), "in_method".to_owned()];
        assert_eq!(functions.nested, nested.into());
    }

    fn clash(source: &str) -> Option<Clash> {
        let file = syn::parse_file(source).expect("it is Rust");
        clash_among(&file.items, "wrap", true)
    }

    #[test]
    fn t10_a_module_of_the_functions_name_is_seen() {
        let inside = "mod wrap { #[vthread] pub fn wrap() {} }";
        for import in [
            "pub use wrap::wrap;",
            "use self::wrap::wrap;",
            "pub use wrap::{other, wrap};",
            "pub use {a::b, wrap::wrap};",
            "pub use crate::wrap::{other, wrap};",
        ] {
            assert_eq!(
                clash(&format!("{inside} {import}")),
                Some(Clash::Around),
                "{import}"
            );
            // In a module of the file, `crate` leads out of it.
            let expected = (!import.contains("crate")).then_some(Clash::Around);
            let deeper = format!("mod outer {{ {inside} {import} }}");
            assert_eq!(clash(&deeper), expected, "{deeper}");
        }
        assert_eq!(
            clash("mod wrap; #[vthread::vthread] fn wrap() {}"),
            Some(Clash::Beside)
        );
    }

    #[test]
    fn t10_what_does_not_clash_is_left_alone() {
        let inside = "mod wrap { #[vthread] pub fn wrap() {} }";
        for other in [
            "pub use wrap::wrap as wrapped;",
            "pub use wrap::*;",
            "#[cfg(never)] pub use wrap::wrap;",
            "use other::wrap;",
        ] {
            assert_eq!(clash(&format!("{inside} {other}")), None, "{other}");
        }
        assert_eq!(clash("mod wrap { fn wrap() {} } use wrap::wrap;"), None);
        assert_eq!(
            clash("#[cfg(never)] mod wrap; #[vthread] fn wrap() {}"),
            None
        );
    }
}
