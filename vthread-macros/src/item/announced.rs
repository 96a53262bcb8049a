//! Types whose suspending methods are announced already.
//!
//! Two vthread traits may have a method of one name, and one type may implement both. The
//! announcement says nothing of the trait, so the second `impl` must leave it out: rustc would call
//! the two conflicting. A macro sees only the text of the type, and a text is the same type where
//! it stands in the same block of the same file, under the same bounds.

use crate::editor;
use crate::source::{code_of, file_of, offset_at};
use proc_macro2::Span;
use quote::ToTokens;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use syn::{Generics, Type, WhereClause};

/// An `impl` that announces methods.
pub(crate) struct Announcer {
    /// Its type, with its generics and bounds, as text.
    text: String,
    /// Where the type stands.
    at: Option<Place>,
}

impl Announcer {
    pub(crate) fn new(generics: &Generics, ty: &Type, bounds: Option<&WhereClause>) -> Self {
        let first = ty.to_token_stream().into_iter().next();
        Announcer {
            text: format!(
                "{} {} {}",
                generics.to_token_stream(),
                ty.to_token_stream(),
                bounds.to_token_stream()
            ),
            at: first.and_then(|first| Place::of(first.span())),
        }
    }

    /// Remembers the announcement of a method, by its hash. True if another `impl` for the same
    /// type has announced it.
    pub(crate) fn has_announced(&self, hash: &str) -> bool {
        thread_local! {
            static MADE: RefCell<HashMap<(String, String), Vec<Place>>> = RefCell::default();
        }
        // An editor expands one `impl` again and again.
        let Some(place) = self.at.as_ref().filter(|_| !editor::asks()) else {
            return false;
        };
        MADE.with_borrow_mut(|made| {
            let key = (self.text.clone(), hash.to_owned());
            let made = made.entry(key).or_default();
            let is_made = made.iter().any(|other| other.is_beside(place));
            made.push(place.clone());
            is_made
        })
    }
}

/// Where an `impl` names its type.
#[derive(Clone, PartialEq)]
struct Place {
    file: PathBuf,
    line: usize,
    column: usize,
}

impl Place {
    fn of(span: Span) -> Option<Self> {
        let file = file_of(span)?;
        let start = span.unwrap().start();
        Some(Place {
            file,
            line: start.line(),
            column: start.column(),
        })
    }

    /// Whether it is another place in the same block.
    fn is_beside(&self, other: &Place) -> bool {
        self != other
            && self.file == other.file
            && code_of(&self.file).is_some_and(|code| {
                let around = |place: &Place| block_around(&code, place.offset(&code));
                around(self) == around(other)
            })
    }

    fn offset(&self, text: &str) -> usize {
        offset_at(self.line, self.column, text)
    }
}

/// Where the innermost block around an offset begins.
fn block_around(code: &str, offset: usize) -> Option<usize> {
    let mut depth = 0;
    let before = code.as_bytes().get(..offset)?;
    before.iter().rposition(|byte| {
        depth += match byte {
            b'}' => 1,
            b'{' => -1,
            _ => 0,
        };
        depth < 0
    })
}

#[cfg(test)]
mod tests {
    use super::block_around;

    #[test]
    fn t13_the_innermost_block_is_found() {
        let code = "mod a { fn b() { X } Y } Z";
        let around = |name| block_around(code, code.find(name).unwrap());
        assert_eq!(around("X"), Some(15));
        assert_eq!(around("Y"), Some(6));
        assert_eq!(around("Z"), None);
    }
}
