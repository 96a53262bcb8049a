//! Calls of functions that do not seem to exist.
//!
//! Of an import that finds nothing, as the probe of a call has it, rustc says that a crate is
//! missing. Of a call it says which function of a similar name there is. So a call of a name that
//! the file neither declares nor imports, beside a function that is named like it, stands once more
//! in dead code as the user wrote it, where that does no harm.

use super::Lowering;
use super::must_use::{can_be_twice, important};
use crate::names::plain_text;
use crate::source::{blanked, file_of, is_of_word, read};
use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;
use syn::{ExprCall, Path};

impl Lowering {
    /// The call, for dead code, if its name may be a slip.
    pub(crate) fn perhaps_mistyped(&self, call: &ExprCall, path: &Path) -> Option<TokenStream> {
        let name = path.get_ident()?;
        let file = file_of(name.span())?;
        let is_slip = can_be_twice(call) && may_be_slip(file, &plain_text(name));
        let at = call.paren_token.span.join();
        is_slip.then(|| quote_spanned!(at=> let _ = #call;))
    }
}

fn may_be_slip(file: PathBuf, name: &str) -> bool {
    names_of(file).is_some_and(|names| names.may_be_slip(name))
}

/// Whether the file that contains a name has a function of that name.
pub(super) fn is_function_of_its_file(name: &Ident) -> bool {
    let names = file_of(name.span()).and_then(names_of);
    names.is_some_and(|names| names.functions.contains(&plain_text(name)))
}

/// Whether the file that contains a name has a plain function of that name with `#[must_use]`.
pub(super) fn is_important_in_its_file(name: &Ident) -> bool {
    let names = file_of(name.span()).and_then(names_of);
    names.is_some_and(|names| names.important.contains(&plain_text(name)))
}

/// Whether the file declares a vthread function of this name, of which no value has to be used.
pub(super) fn is_unimportant_in_its_file(name: &Ident) -> bool {
    let names = file_of(name.span()).and_then(names_of);
    names.is_some_and(|names| names.suspending.contains(&plain_text(name)))
}

/// Whether the file declares a plain trait of this name, whose functions do not suspend.
pub(super) fn is_plain_trait_of_its_file(name: &Ident) -> bool {
    let names = file_of(name.span()).and_then(names_of);
    names.is_some_and(|names| names.traits.contains(&plain_text(name)))
}

/// Remembers what is known of a file.
fn names_of(file: PathBuf) -> Option<Rc<Names>> {
    thread_local! {
        static FILES: RefCell<HashMap<PathBuf, Rc<Names>>> = RefCell::new(HashMap::new());
    }
    let text = read(&file)?;
    Some(FILES.with_borrow_mut(|files| {
        let found = files.entry(file);
        Rc::clone(found.or_insert_with(|| Rc::new(Names::of(blanked(&text)))))
    }))
}

/// The functions of a file, and its code.
struct Names {
    functions: HashSet<String>,
    /// Those with `#[must_use]`.
    important: HashSet<String>,
    /// Those with `#[vthread]` and without `#[must_use]`.
    suspending: HashSet<String>,
    /// The traits without `#[vthread]`.
    traits: HashSet<String>,
    code: String,
}

impl Names {
    fn of(code: String) -> Self {
        let after = code.split("fn ").skip(1);
        let names = after.map(|after| {
            let end = after.bytes().position(|byte| !is_of_word(byte));
            after[..end.unwrap_or(after.len())].to_owned()
        });
        Names {
            functions: names.collect(),
            important: important(&code),
            suspending: suspending(&code),
            traits: plain_traits(&code),
            code,
        }
    }

    /// Whether the name is only called, and a function has a similar one.
    fn may_be_slip(&self, name: &str) -> bool {
        !self.functions.contains(name)
            && self
                .functions
                .iter()
                .any(|function| is_similar(function, name))
            && is_only_called(&self.code, name)
    }
}

fn suspending(code: &str) -> HashSet<String> {
    let functions = code.match_indices("fn ").filter(|(at, _)| {
        let attributes = code[..*at]
            .rsplit(['{', '}', ';'])
            .next()
            .unwrap_or_default();
        attributes.contains("#[vthread") && !attributes.contains("must_use")
    });
    let names = functions.map(|(at, word)| {
        let name = &code[at + word.len()..];
        let end = name.bytes().position(|byte| !is_of_word(byte));
        name[..end.unwrap_or(name.len())].to_owned()
    });
    names.collect()
}

/// Where a trait of one name is plain and another suspends, neither is known.
fn plain_traits(code: &str) -> HashSet<String> {
    let mut suspending = HashSet::new();
    let mut plain = HashSet::new();
    for (at, word) in code.match_indices("trait ") {
        let name = code[at + word.len()..].trim_start();
        let end = name.bytes().position(|byte| !is_of_word(byte));
        let name = name[..end.unwrap_or(name.len())].to_owned();
        let before = code[..at].rsplit(['}', ';']).next().unwrap_or_default();
        let is_declared = at == 0 || !is_of_word(code.as_bytes()[at - 1]);
        match is_declared && !before.contains("vthread") {
            true => plain.insert(name),
            false => suspending.insert(name),
        };
    }
    &plain - &suspending
}

fn is_only_called(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    text.match_indices(name).all(|(at, _)| {
        let end = at + name.len();
        let begins = at == 0 || !is_of_word(bytes[at - 1]);
        let ends = bytes.get(end).is_none_or(|next| !is_of_word(*next));
        !(begins && ends) || text[end..].starts_with(['(', ':']) && !text[..at].ends_with("::")
    })
}

/// As rustc has it: a third of the letters may differ.
fn is_similar(one: &str, other: &str) -> bool {
    let most = other.len().max(3) / 3;
    one.len().abs_diff(other.len()) <= most && distance(one.as_bytes(), other.as_bytes()) <= most
}

/// How many letters are added, left out, changed, or changed places with their neighbours.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut before = vec![0; other.len() + 1];
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for i in 1..=one.len() {
        let mut row = vec![i; other.len() + 1];
        for j in 1..=other.len() {
            let is_same = one[i - 1] == other[j - 1];
            row[j] = (last[j - 1] + usize::from(!is_same))
                .min(last[j] + 1)
                .min(row[j - 1] + 1);
            let are_swapped =
                i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            if are_swapped {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn t13_a_plain_trait_is_told_from_a_vthread_one() {
        let names = Names::of(
            "use a; pub trait Zero: Sized { fn zero() -> Self; } #[vthread] pub trait Store {} trait Both {} \
             mod a { #[vthread(dyn)] trait Both {} } unsafe trait Last<T> {}"
                .to_owned(),
        );
        let mut traits: Vec<&String> = names.traits.iter().collect();
        traits.sort();
        assert_eq!(traits, ["Last", "Zero"]);
    }

    #[test]
    fn t14_a_slip_is_a_name_that_is_only_called() {
        let slips = |text: &str, name: &str| Names::of(text.to_owned()).may_be_slip(name);
        assert!(slips("fn fetch() {} fn f() { fecth(1) }", "fecth"));
        assert!(slips(
            "fn fetch<T>() {} fn f() { fech::<u8>(1); fech(2) }",
            "fech"
        ));
        for known in [
            "fn fetch() {} fn fecth() {} fn f() { fecth(1) }",
            "use a::fecth; fn fetch() {} fn f() { fecth(1) }",
            "use a::{b, fecth}; fn fetch() {} fn f() { fecth(1) }",
            "make!(fecth); fn fetch() {} fn f() { fecth(1) }",
            "fn other() {} fn f() { fecth(1) }",
        ] {
            assert!(!slips(known, "fecth"), "{known}");
        }
    }
}
