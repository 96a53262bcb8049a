//! Whether a macro with the name of one of std's is the user's own. The source file shows it: by a
//! `macro_rules!` or an import of the name, in braces that surround the call.
//!
//! Such a macro receives the user's tokens, like any other unknown macro. A macro that a
//! `#[macro_use]` or a glob import brings is not visible in the file: name resolution refuses it
//! (`lower/macro_origin.rs`).

use crate::source::{blanked, file_of, is_of_word, offset_of, read};
use proc_macro2::Ident;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;
use syn::{ItemUse, UseTree};

/// Whether the call of the macro `name` is one of the user's own.
pub(super) fn is_users(name: &Ident) -> bool {
    let Some(path) = file_of(name.span()) else {
        return false;
    };
    let Some(text) = read(&path) else {
        return false;
    };
    let scopes = declared(path, &text, &crate::names::plain_text(name));
    !scopes.is_empty()
        && offset_of(name.span(), &text)
            .is_some_and(|at| scopes.iter().any(|scope| scope.contains(&at)))
}

type Scopes = Rc<Vec<Range<usize>>>;

/// The parts of the file where the name is a macro of the user's. Computed once.
fn declared(path: PathBuf, text: &str, name: &str) -> Scopes {
    thread_local! {
        static FOUND: RefCell<HashMap<(PathBuf, String), Scopes>> = RefCell::new(HashMap::new());
    }
    FOUND.with_borrow_mut(|found| {
        let found = found.entry((path, name.to_owned()));
        Rc::clone(found.or_insert_with(|| Rc::new(scopes(text, name))))
    })
}

fn scopes(text: &str, name: &str) -> Vec<Range<usize>> {
    if !may_declare(text, name) {
        return Vec::new();
    }
    let code = blanked(text);
    let rules = words(&code, "macro_rules").filter(|at| {
        let after = code[at + "macro_rules".len()..].trim_start();
        let named = after.strip_prefix('!').map(str::trim_start);
        let rest = named.and_then(|named| named.strip_prefix(name));
        rest.is_some_and(|rest| {
            !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
        })
    });
    let imports = words(&code, "use").filter(|at| {
        let import = code[*at..].split_inclusive(';').next();
        let import = import.and_then(|import| syn::parse_str::<ItemUse>(import).ok());
        import.is_some_and(|import| brings_another(&import.tree, name))
    });
    rules
        .chain(imports)
        .map(|at| braces_around(&code, at))
        .collect()
}

/// Whether a closer look is worth it: whether the name occurs where an import can end, or behind
/// `macro_rules!`.
fn may_declare(text: &str, name: &str) -> bool {
    words(text, name).any(|at| {
        let is_called = text[at + name.len()..].starts_with('!');
        let before = text[..at].trim_end();
        !is_called
            && (before.ends_with([':', '{', ',', '!'])
                || before.ends_with(" as")
                || before.ends_with("use"))
    })
}

/// The offsets of a word.
fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = text.as_bytes();
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| {
            let begins = *at == 0 || !is_of_word(bytes[at - 1]);
            begins
                && bytes
                    .get(at + word.len())
                    .is_none_or(|next| !is_of_word(*next))
        })
}

/// The crates whose macros are known by their names.
const KNOWN_CRATES: &[&str] = &[
    "std",
    "core",
    "alloc",
    "futures",
    "futures_lite",
    "futures_util",
    "tokio",
];

/// Whether an import brings the name, from elsewhere than std and the crates of futures.
fn brings_another(tree: &UseTree, name: &str) -> bool {
    match tree {
        UseTree::Path(path) => {
            let is_known = KNOWN_CRATES.iter().any(|of| path.ident == of);
            !is_known && brings_another(&path.tree, name)
        }
        UseTree::Group(group) => group.items.iter().any(|tree| brings_another(tree, name)),
        UseTree::Name(last) => last.ident == name,
        UseTree::Rename(renamed) => renamed.rename == name,
        UseTree::Glob(_) => false,
    }
}

/// The contents of the innermost braces around an offset.
fn braces_around(code: &str, at: usize) -> Range<usize> {
    let depth_of = |byte: u8| match byte {
        b'{' => 1,
        b'}' => -1,
        _ => 0,
    };
    let bytes = code.as_bytes();
    let mut depth = 0;
    let start = bytes[..at].iter().rposition(|byte| {
        depth += depth_of(*byte);
        depth == 1
    });
    depth = 0;
    let length = bytes[at..].iter().position(|byte| {
        depth += depth_of(*byte);
        depth == -1
    });
    start.unwrap_or(0)..length.map_or(code.len(), |length| at + length)
}

#[cfg(test)]
mod tests {
    use super::scopes;

    /// For each call `name!` in the source, whether it is of the user's macro.
    fn own(source: &str, name: &str) -> Vec<bool> {
        let scopes = scopes(source, name);
        let call = format!("{name}!(");
        let calls = source.match_indices(&call).map(|(at, _)| at);
        calls
            .map(|at| scopes.iter().any(|scope| scope.contains(&at)))
            .collect()
    }

    #[test]
    fn t04_a_macro_of_the_files_own_is_seen_in_its_braces() {
        let source = "
            mod a { macro_rules! dbg { ($e:expr) => { $e } } fn f() { dbg!(1); mod inside { dbg!(2) } } }
            fn g() { dbg!(3); { macro_rules!  dbg { () => {} } dbg!(4); } dbg!(5) }
            mod tests { fn f() { dbg!(6) } macro_rules! dbg_all { () => {} } }";
        let expected = [true, true, false, true, false, false];
        assert_eq!(own(source, "dbg"), expected);
    }

    #[test]
    fn t04_an_import_of_another_macro_is_seen() {
        for import in [
            "use pretty_assertions::assert_eq;",
            "use pretty_assertions::{assert_eq, assert_ne};",
            "pub(crate) use {a::b, checks::{\n    same as assert_eq,\n}};",
            "use assert_eq;",
        ] {
            let source = format!(
                "fn f() {{ assert_eq!(1) }} mod t {{ {import} fn g() {{ assert_eq!(2) }} }}"
            );
            assert_eq!(own(&source, "assert_eq"), [false, true], "{import}");
        }
    }

    #[test]
    fn t04_what_brings_no_other_macro_is_passed_by() {
        for other in [
            "use std::assert_eq;",
            "use core::{assert_eq, fmt};",
            "use assert_eq::other;",
            "use pretty_assertions::assert_eq as same;",
            "use pretty_assertions::*;",
            "// use pretty_assertions::assert_eq;\n",
            "const A: &str = \"use a::assert_eq;\";",
        ] {
            assert_eq!(
                own(&format!("{other} fn f() {{ assert_eq!(1) }}"), "assert_eq"),
                [false],
                "{other}"
            );
        }
    }
}
