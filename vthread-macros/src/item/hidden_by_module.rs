//! Modules that hide a vthread function which a glob re-exports.
//!
//! In `mod work; pub use fetch::*;` the glob brings the function `work` of `fetch`, but not its
//! companion module: the module `work` that is declared there takes precedence. Vthread code that
//! names the function there takes it for a plain one. Such a call is no error, but it blocks; so
//! the function is reported, where the source files around it show this.

use super::neighbours::modules_of;
use crate::analysis::items_of_code::{Item, Kind, items};
use crate::errors;
use crate::names::{hygienic, plain_text};
use crate::source::{code_of, file_of, offset_of};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote_spanned};
use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use syn::{Attribute, Visibility};

/// The warning about a module that hides the function, if there is one. `lints` are the levels of
/// lints that its attributes set.
pub(crate) fn warning(
    name: &Ident,
    visibility: &Visibility,
    lints: &[Attribute],
) -> Option<TokenStream> {
    if !is_public(visibility) || !is_hidden(name)? {
        return None;
    }
    let text = plain_text(name);
    let span = hygienic(name.span());
    let hidden = format_ident!("a_module_hides_{text}", span = span);
    let note = errors::hidden_behind_a_glob(&text);
    Some(quote_spanned!(span=>
        #(#lints)* #[allow(non_upper_case_globals)]
        const _: () = { #[deprecated(note = #note)] const #hidden: () = (); #hidden };
    ))
}

/// Whether a glob of any module brings it.
fn is_public(visibility: &Visibility) -> bool {
    match visibility {
        Visibility::Public(_) => true,
        Visibility::Restricted(to) => to.path.is_ident("crate"),
        Visibility::Inherited => false,
    }
}

fn is_hidden(name: &Ident) -> Option<bool> {
    let text = plain_text(name);
    let mut file = file_of(name.span())?;
    if !may_be_hidden(&file, &text) {
        return Some(false);
    }
    let code = code_of(&file)?;
    let at = offset_of(name.span(), &code)?;
    let mut chain = chain_at(&code, at);
    loop {
        match look(&chain, &text) {
            Look::Hides => return Some(true),
            Look::IsNoGlob => return Some(false),
            Look::Further => {}
        }
        let (around, module) = parent(&file)?;
        let code = code_of(&around)?;
        chain = vec![
            Module::of(&code, 0..code.len(), String::new()),
            Module {
                name: module,
                ..Module::default()
            },
        ];
        file = around;
    }
}

/// Whether a file around declares a module of this name. That is asked of each function, so a
/// file's answer is one of a set.
fn may_be_hidden(file: &Path, name: &str) -> bool {
    let declares = |file: &Path| modules_of(file).is_some_and(|modules| modules.contains(name));
    let around = std::iter::successors(parent(file), |(file, _)| parent(file));
    declares(file) || around.into_iter().any(|(file, _)| declares(&file))
}

/// A module, as far as the text of its file shows.
#[derive(Default)]
struct Module {
    name: String,
    declared: HashSet<String>,
    functions: HashSet<String>,
    /// The modules in it of which a glob imports all.
    globs: HashSet<String>,
    /// Those of them whose names it passes on.
    public_globs: HashSet<String>,
}

impl Module {
    fn of(code: &str, range: Range<usize>, name: String) -> Module {
        let mut module = Module {
            name,
            ..Module::default()
        };
        for item in items(code, range) {
            let is_certain = !item.attributes.iter().any(|name| name.starts_with("cfg"));
            match item.kind {
                Kind::Function => drop(module.functions.insert(item.name.to_owned())),
                Kind::Module if is_certain => drop(module.declared.insert(item.name.to_owned())),
                _ => {}
            }
            if item.word == "use" && is_certain {
                let globs = globs(&item, code);
                if matches!(item.modifiers.trim(), "pub" | "pub(crate)") {
                    module.public_globs.extend(globs.iter().cloned());
                }
                module.globs.extend(globs);
            }
        }
        module
    }
}

/// The modules beside an import of which it takes all: `fetch::*` and `self::fetch::*`. What a
/// longer path names is not looked for.
fn globs(import: &Item<'_>, code: &str) -> HashSet<String> {
    let head = import.rest.trim_start_matches(import.modifiers).trim();
    let head: String = head.split_whitespace().skip(1).collect();
    let inside = import.body.clone().map_or("", |body| &code[body]);
    // Of `use a::{b, c::*};` the head ends before the braces.
    let paths: Vec<String> = match inside.is_empty() {
        true => vec![head],
        false => {
            let inside: String = inside.split_whitespace().collect();
            let parts = inside.split(',').map(|part| format!("{head}{part}"));
            parts.collect()
        }
    };
    let module = |path: String| {
        let path = path.strip_suffix("::*")?;
        let name = path.strip_prefix("self::").unwrap_or(path);
        let is_name = name.chars().all(|c| c == '_' || c.is_alphanumeric());
        is_name.then(|| name.to_owned())
    };
    paths.into_iter().filter_map(module).collect()
}

/// The modules of a file around an offset, outermost first.
fn chain_at(code: &str, at: usize) -> Vec<Module> {
    let mut chain = vec![Module::of(code, 0..code.len(), String::new())];
    let mut range = 0..code.len();
    while let Some((name, body)) = items(code, range).into_iter().find_map(|item| {
        let body = item.body.filter(|body| body.contains(&at))?;
        (item.kind == Kind::Module).then(|| (item.name.to_owned(), body))
    }) {
        chain.push(Module::of(code, body.clone(), name));
        range = body;
    }
    chain
}

enum Look {
    /// A module takes the function's name where a glob brings it.
    Hides,
    /// No glob brings the function further out.
    IsNoGlob,
    /// Globs bring it to the end of the file.
    Further,
}

fn look(chain: &[Module], name: &str) -> Look {
    for pair in chain.windows(2).rev() {
        let [around, inner] = pair else { continue };
        if !around.globs.contains(&inner.name) {
            return Look::IsNoGlob;
        }
        // A function of its own takes precedence over that of the glob.
        if around.functions.contains(name) {
            return Look::IsNoGlob;
        }
        if around.declared.contains(name) {
            return Look::Hides;
        }
        if !around.public_globs.contains(&inner.name) {
            return Look::IsNoGlob;
        }
    }
    Look::Further
}

/// The file that declares the module which is the file at `path`, and the name of that module.
fn parent(path: &Path) -> Option<(PathBuf, String)> {
    let (mut folder, mut name) = (path.parent()?, path.file_stem()?.to_str()?);
    match name {
        "lib" | "main" => return None,
        "mod" => {
            name = folder.file_name()?.to_str()?;
            folder = folder.parent()?;
        }
        _ => {}
    }
    let beside = ["lib.rs", "main.rs", "mod.rs"].map(|file| folder.join(file));
    let mut files = beside.into_iter().chain([folder.with_extension("rs")]);
    let declares = |file: &PathBuf| modules_of(file).is_some_and(|modules| modules.contains(name));
    Some((files.find(declares)?, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Look, chain_at, look};

    fn is_hidden(code: &str) -> bool {
        let at = code.find("fn work").expect("the code has the function");
        matches!(look(&chain_at(code, at), "work"), Look::Hides)
    }

    #[test]
    fn t06_a_module_that_hides_a_function_is_seen() {
        let fetch = "mod fetch { pub fn work() {} }";
        for import in [
            "pub use fetch::*;",
            "pub use self::fetch::*;",
            "use fetch::*;",
            "pub(crate) use fetch::*;",
            "pub use fetch::{*};",
            "pub use {other::x, fetch::*};",
        ] {
            let code = format!("mod a {{ mod work; {fetch} {import} }}");
            assert!(is_hidden(&code), "{code}");
        }
        let own = "mod a { mod work { pub fn work() {} } pub use work::*; }";
        assert!(is_hidden(own));
        let deeper = format!("mod work {{}} mod a {{ {fetch} pub use fetch::*; }} use a::*;");
        assert!(is_hidden(&deeper));
    }

    #[test]
    fn t06_a_module_that_hides_nothing_is_passed_by() {
        for code in [
            "mod work; mod fetch { pub fn work() {} } use fetch::work as job;",
            "mod work; mod fetch { pub fn work() {} } pub use other::*;",
            "#[cfg(never)] mod work; mod fetch { pub fn work() {} } pub use fetch::*;",
            "mod work; mod a { mod fetch { pub fn work() {} } pub use fetch::*; }",
            "mod jobs; mod fetch { pub fn work() {} } pub use fetch::*;",
            "mod work; mod fetch { pub fn work() {} } pub use other::fetch::*;",
            "mod work; mod fetch { pub fn work() {} } use super::fetch::*;",
            "mod work; mod fetch { pub fn work() {} } #[cfg(test)] use fetch::*;",
            "mod work; mod a { mod fetch { pub fn work() {} } use fetch::*; } use a::*;",
            "mod work; mod fetch { pub fn work() {} } use fetch::*; fn work() {}",
        ] {
            assert!(!is_hidden(code), "{code}");
        }
    }
}
