//! What the file around a body declares, as far as its text shows: a macro sees no types, and of
//! its neighbours only the text.

use crate::names::plain_text;
use crate::source::{code_of, file_of, is_of_word};
use proc_macro2::Ident;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;

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
pub(super) fn names_of(file: PathBuf) -> Option<Rc<Names>> {
    thread_local! {
        static FILES: RefCell<HashMap<PathBuf, Rc<Names>>> = RefCell::new(HashMap::new());
    }
    let code = code_of(&file)?;
    Some(FILES.with_borrow_mut(|files| {
        let found = files.entry(file);
        Rc::clone(found.or_insert_with(|| Rc::new(Names::of(code.to_string()))))
    }))
}

/// The functions of a file, and its code.
pub(super) struct Names {
    pub(super) functions: HashSet<String>,
    /// Those with `#[must_use]`.
    important: HashSet<String>,
    /// Those with `#[vthread]` and without `#[must_use]`.
    suspending: HashSet<String>,
    /// The traits without `#[vthread]`.
    traits: HashSet<String>,
    /// Those of `macro_rules!`.
    pub(super) macros: HashSet<String>,
    pub(super) code: String,
    /// The called names that may be slips, or not.
    pub(super) slips: RefCell<HashMap<String, bool>>,
}

impl Names {
    pub(super) fn of(code: String) -> Self {
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
            macros: macros(&code),
            code,
            slips: RefCell::default(),
        }
    }
}

fn macros(code: &str) -> HashSet<String> {
    let after = code.split("macro_rules!").skip(1);
    let names = after.map(|after| {
        let name = after.trim_start();
        let end = name.bytes().position(|byte| !is_of_word(byte));
        name[..end.unwrap_or(name.len())].to_owned()
    });
    names.collect()
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

/// The plain functions and methods of a file that have `#[must_use]`.
fn important(code: &str) -> HashSet<String> {
    let attributes = code.match_indices("#[must_use");
    attributes
        .filter_map(|(at, _)| {
            let header = &code[at..];
            let function = header.find("fn ")?;
            let of_another = ["{", ";", "struct ", "enum ", "trait ", "vthread"];
            let is_its_own = !of_another
                .iter()
                .any(|word| header[..function].contains(word));
            let name = &header[function + 3..];
            let end = name.bytes().position(|byte| !is_of_word(byte))?;
            (is_its_own && !is_in_vthread_block(&code[..at])).then(|| name[..end].to_owned())
        })
        .collect()
}

/// Whether the code ends in an `impl` with `#[vthread]`, as far as its text shows.
fn is_in_vthread_block(before: &str) -> bool {
    let starts = before.rmatch_indices("impl").find(|(at, _)| {
        let bytes = before.as_bytes();
        let ends = bytes.get(at + 4).is_some_and(|next| !is_of_word(*next));
        ends && (*at == 0 || matches!(bytes[at - 1], b'\n' | b' ' | b'\t' | b']'))
    });
    let attributes = starts.map(|(at, _)| before[..at].trim_end());
    attributes.is_some_and(|text| {
        let line = text.rsplit(['\n', ';', '}']).next().unwrap_or(text);
        text.ends_with(']') && line.contains("vthread")
    })
}

#[cfg(test)]
mod tests {
    use super::{Names, important};

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
    fn t08_what_must_be_used_is_found_in_a_file() {
        let found = |code: &str| {
            let mut names: Vec<String> = important(code).into_iter().collect();
            names.sort();
            names.join(" ")
        };
        for (code, names) in [
            (
                "impl S { #[must_use] pub fn touch(&self) {} fn b() {} }",
                "touch",
            ),
            ("#[must_use = \"   \"]\n#[inline]\npub fn a() {}", "a"),
            ("#[must_use] pub struct S; fn a() {}", ""),
            ("#[must_use] #[vthread] fn a() {}", ""),
            ("#[vthread]\nimpl S { #[must_use] fn a() {} }", ""),
            (
                "#[vthread] fn b() {}\nimpl S { #[must_use] fn a() {} }",
                "a",
            ),
            (
                "#[vthread::vthread] impl S { fn b() {} #[must_use] fn a() {} }",
                "",
            ),
        ] {
            assert_eq!(found(code), names, "{code}");
        }
    }
}
