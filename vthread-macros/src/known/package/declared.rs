//! The names of the vthread methods that the files of a package declare, as far as their text
//! shows.

use crate::library::entries;
use crate::source::{closing, code_of, is_of_word, read};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The word in each attribute that makes a vthread method.
const WORD: &str = "vthread";

/// How many files and folders are looked at.
const MOST_ENTRIES: usize = 20_000;

/// The names in all files of the package in this folder. `None` if the text does not show them all.
pub(super) fn names_below(folder: &Path) -> Option<BTreeSet<String>> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    if has_crate_elsewhere(&manifest) {
        return None;
    }
    let mut visit = Visit {
        names: BTreeSet::new(),
        current: std::env::current_dir().ok()?,
        n_left: MOST_ENTRIES,
    };
    visit.folder(folder, 0)?;
    Some(visit.names)
}

struct Visit {
    names: BTreeSet<String>,
    /// The folder in which the compiler runs.
    current: PathBuf,
    /// How many files and folders may still come.
    n_left: usize,
}

impl Visit {
    /// `None` if a file may have names that its text does not show.
    fn folder(&mut self, folder: &Path, depth: usize) -> Option<()> {
        for entry in fs::read_dir(folder).ok()? {
            let entry = entry.ok()?;
            self.n_left = self.n_left.checked_sub(1)?;
            let (path, kind) = (entry.path(), entry.file_type().ok()?);
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_symlink() && path.is_dir() {
                return None;
            }
            if kind.is_dir() {
                if !is_another_package(&path) {
                    self.folder(&path, depth + 1)?;
                }
            } else if is_rust(&path) {
                self.file(&path, depth)?;
            }
        }
        Some(())
    }

    fn file(&mut self, path: &Path, depth: usize) -> Option<()> {
        // Spans name their files in this way, whose code is found once.
        let path = path.strip_prefix(&self.current).unwrap_or(path);
        let text = read(path)?;
        if brings_code(&text, depth) {
            return None;
        }
        if found(&text, WORD).is_some() {
            let code = code_of(path)?;
            let names = names_in(&code)?;
            self.names.extend(names.into_iter().map(str::to_owned));
        }
        Some(())
    }
}

/// Whether the root of a crate lies outside of the package's folder.
fn has_crate_elsewhere(manifest: &str) -> bool {
    entries(manifest).any(|entry| {
        let is_outside = ["..", "\"/", "'/", ":\\"];
        let is_outside = is_outside.iter().any(|sign| entry.value.contains(sign));
        entry.value.contains(".rs") && is_outside
    })
}

/// Whether a folder has a manifest of its own, or what cargo has built.
fn is_another_package(folder: &Path) -> bool {
    let signs = ["Cargo.toml", "CACHEDIR.TAG", ".rustc_info.json"];
    signs.iter().any(|sign| folder.join(sign).exists())
}

/// Whether a text brings code from files outside of the package, for which these stand: `depth` is
/// the number of folders between it and the package's.
fn brings_code(text: &str, depth: usize) -> bool {
    let includes = after(text, '!').any(|at| text[..at].ends_with("include!"));
    includes || after(text, '#').any(|at| leads_out(&text[at..], depth))
}

/// The places behind a character.
fn after(text: &str, sign: char) -> impl Iterator<Item = usize> + '_ {
    text.match_indices(sign).map(|(at, _)| at + 1)
}

/// Whether an attribute `[path = ".."]` names a file outside of the package, or none of those that
/// are read.
fn leads_out(attribute: &str, depth: usize) -> bool {
    let Some(value) = attribute.strip_prefix("[path") else {
        return false;
    };
    let path = value.trim_start().strip_prefix('=').map(str::trim_start);
    let Some(path) = path.and_then(|path| path.strip_prefix('"')?.split('"').next()) else {
        return !value.starts_with(|c: char| c == '_' || c.is_alphanumeric());
    };
    let path = Path::new(path);
    let n_up = path
        .components()
        .filter(|it| *it == Component::ParentDir)
        .count();
    path.is_absolute() || n_up > depth || !is_rust(path)
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "rs")
}

/// Whether the attribute is imported under another name.
fn is_renamed(code: &str) -> bool {
    let mut from = 0;
    while let Some(at) = found(&code[from..], "vthread as ") {
        let before = code[..from + at].trim_end();
        if before.ends_with([':', '{', ',']) {
            return true;
        }
        from += at + 1;
    }
    false
}

/// The names in a file's code, or `None` if it may have others.
pub(super) fn names_in(code: &str) -> Option<Vec<&str>> {
    let bytes = code.as_bytes();
    if is_renamed(code) {
        return None;
    }
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(next) = code[at..].find('#') {
        at += next + 1;
        let Some(end) = end_of_attribute(bytes, at) else {
            continue;
        };
        let attribute = &code[at..end];
        at = end;
        if found(attribute, WORD).is_none() || attribute.starts_with('!') {
            continue;
        }
        match declared(code, at) {
            Declared::Function => {}
            Declared::Names(found, end) => {
                names.extend(found);
                at = end;
            }
            Declared::Unknown => return None,
        }
    }
    Some(names)
}

/// Behind the attribute that begins before `at`, if one does.
fn end_of_attribute(bytes: &[u8], mut at: usize) -> Option<usize> {
    while bytes
        .get(at)
        .is_some_and(|byte| *byte == b'!' || byte.is_ascii_whitespace())
    {
        at += 1;
    }
    let is_one = bytes.get(at) == Some(&b'[');
    is_one.then(|| (closing(bytes, at) + 1).min(bytes.len()))
}

/// What an attribute stands before.
enum Declared<'code> {
    /// A function, which is no method.
    Function,
    /// The names in a block, and the block's end.
    Names(Vec<&'code str>, usize),
    /// What a macro fills in.
    Unknown,
}

fn declared(code: &str, mut at: usize) -> Declared<'_> {
    let bytes = code.as_bytes();
    loop {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        match bytes.get(at) {
            Some(b'#') => match end_of_attribute(bytes, at + 1) {
                Some(end) => at = end,
                None => return Declared::Unknown,
            },
            _ => break,
        }
    }
    let header = &code[at..end_of_header(bytes, at)];
    if function(header).is_some() {
        return Declared::Function;
    }
    let (mut names, mut end) = (Vec::new(), at + header.len());
    // In the header, braces surround a constant.
    while bytes.get(end) == Some(&b'{') {
        let close = closing(bytes, end);
        let block = &code[end..close];
        if block.contains('$') {
            return Declared::Unknown;
        }
        let mut rest = block;
        while let Some(after) = function(rest) {
            let end = after.bytes().position(|byte| !is_of_word(byte));
            let name = &after[..end.unwrap_or(after.len())];
            if name.is_empty() {
                return Declared::Unknown;
            }
            names.push(name);
            rest = after;
        }
        end = (close + 1).min(bytes.len());
        let after = code[end..].trim_start();
        if after.starts_with(['>', ',']) {
            end = end_of_header(bytes, end);
        }
    }
    match header.trim_start().starts_with('$') && names.is_empty() {
        true => Declared::Unknown,
        false => Declared::Names(names, end),
    }
}

/// Where the body of an item begins, or what has none ends. Over an index the loop costs less than
/// over an iterator: this crate is usually not optimised.
fn end_of_header(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && !matches!(bytes[at], b'{' | b';') {
        at += 1;
    }
    at
}

/// The code from the name of the next function on.
fn function(code: &str) -> Option<&str> {
    let mut from = 0;
    loop {
        let at = from + found(&code[from..], "fn")?;
        let is_start = at == 0 || !is_of_word(code.as_bytes()[at - 1]);
        let after = &code[at + 2..];
        let name = after.trim_start();
        if is_start && name.len() < after.len() {
            return Some(name.strip_prefix("r#").unwrap_or(name));
        }
        from = at + 2;
    }
}

/// Where a word is. The search for its first letter is optimised even where this crate is not.
fn found(text: &str, word: &str) -> Option<usize> {
    let first = char::from(word.as_bytes()[0]);
    let mut from = 0;
    loop {
        let at = from + text[from..].find(first)?;
        if text[at..].starts_with(word) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{brings_code, has_crate_elsewhere, names_in};
    use crate::source::blanked;

    fn found(code: &str) -> Option<String> {
        let code = blanked(code);
        let mut names = names_in(&code)?;
        names.sort_unstable();
        Some(names.join(" "))
    }

    #[test]
    fn t17_the_methods_of_a_vthread_block_are_found() {
        for (code, names) in [
            (
                "#[vthread] impl A { pub fn get(&self) {} fn r#try() {} fn r() { fn a() {} } }",
                "a get r try",
            ),
            (
                "#[vthread::vthread(boxed)] #[allow(x)] pub unsafe trait T: B<'_> { fn get(&self); }",
                "get",
            ),
            (
                "# [ cfg_attr(x, vt::vthread) ]\n// fn no() {}\nimpl<const N: usize> A<{ N }, { 1 }> for B { fn\n get() {} }",
                "get",
            ),
            (
                "fn f() { #[vthread] impl A { fn get() {} } } impl A { fn plain() {} }",
                "get",
            ),
            (
                "m! { #[vthread] impl A { fn get(f: fn(u8)) {} } } #[vthread] fn f() { #[vthread] impl B { fn put() {} } }",
                "get put",
            ),
            (
                "macro_rules! m { ($t:ty) => { #[vthread] impl T for $t { fn get() {} } } }",
                "get",
            ),
            (
                "use vthread::prelude::*; use vthread as vt; #[derive(A)] struct S; impl A { fn plain() {} }",
                "",
            ),
            (
                "#![vthread] #[vthread] struct S; impl A { fn plain() {} }",
                "",
            ),
        ] {
            assert_eq!(found(code).as_deref(), Some(names), "{code}");
        }
    }

    #[test]
    fn t17_a_name_that_a_macro_makes_leaves_all_unknown() {
        for code in [
            "macro_rules! m { ($n:ident) => { #[vthread] impl A { fn $n() {} } } }",
            "macro_rules! m { ($($t:tt)*) => { #[vthread] impl A { $($t)* } } }",
            "macro_rules! m { ($i:item) => { #[vthread] $i } }",
            "quote!(#[vthread] impl #ty { fn #name(&self) {} })",
            "paste! { #[vthread] impl A { fn [<get_ b>](&self) {} } }",
            "macro_rules! m { ($i:item) => { #[vthread] #[$a] $i } }",
            "use vthread::vthread as suspends; #[suspends] impl A { fn get() {} }",
            "use vthread::{vthread as suspends};",
        ] {
            assert_eq!(found(code), None, "{code}");
        }
    }

    #[test]
    fn t17_code_of_other_files_is_seen() {
        for (text, expected) in [
            ("include!(concat!(env!(\"OUT_DIR\"), \"/a.rs\"));", true),
            ("#[path = \"../../a.rs\"] mod a;", true),
            ("#[path = \"../a.rs\"] mod a;", false),
            ("#[path = \"a.in\"] mod a;", true),
            ("include_str!(\"a.rs\"); #[paths] // vthread!", false),
        ] {
            assert_eq!(brings_code(text, 1), expected, "{text}");
        }
        assert!(has_crate_elsewhere("[lib]\npath = \"../a.rs\""));
        assert!(has_crate_elsewhere("[[bin]]\npath = '/a/b.rs'"));
        assert!(!has_crate_elsewhere(
            "[lib]\npath = \"src/a.rs\"\n[dependencies]\na = { path = \"..\" }"
        ));
    }
}
