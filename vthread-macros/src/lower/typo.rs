//! Calls of functions that do not seem to exist.
//!
//! Of an import that finds nothing, as the probe of a call has it, rustc says that a crate is
//! missing. Of a call it says which function of a similar name there is. So a call of a name that
//! the file neither declares nor imports, beside a function that is named like it, stands once more
//! in dead code as the user wrote it, where that does no harm.

use super::Lowering;
use super::must_use::can_be_twice;
use super::of_its_file::{Names, names_of};
use crate::names::plain_text;
use crate::source::{file_of, is_of_word};
use proc_macro2::TokenStream;
use quote::quote_spanned;
use std::path::PathBuf;
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

impl Names {
    /// Whether the name is only called, and a function has a similar one.
    fn may_be_slip(&self, name: &str) -> bool {
        if let Some(known) = self.slips.borrow().get(name) {
            return *known;
        }
        let is_slip = self.is_slip(name);
        self.slips.borrow_mut().insert(name.to_owned(), is_slip);
        is_slip
    }

    fn is_slip(&self, name: &str) -> bool {
        !self.functions.contains(name)
            && self
                .functions
                .iter()
                .any(|function| is_similar(function, name))
            && is_only_called(&self.code, name)
    }
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
