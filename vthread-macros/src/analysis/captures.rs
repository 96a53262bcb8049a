//! Which of the surrounding variables a child uses.

use super::walk::{Analysis, walk};
use proc_macro2::Span;
use syn::Block;

/// The free names of a body for which `is_captured` holds, each at its first use.
pub(crate) fn free_names(body: &Block, is_captured: &dyn Fn(&str) -> bool) -> Vec<(String, Span)> {
    let found = Vec::new();
    walk(body, Free { is_captured, found }).found
}

struct Free<'a> {
    is_captured: &'a dyn Fn(&str) -> bool,
    found: Vec<(String, Span)>,
}

impl Analysis for Free<'_> {
    type Variable = ();

    fn binds(&mut self, _: bool) {}

    fn uses(&mut self, name: &str, at: Span, variable: Option<&()>) {
        if variable.is_none()
            && (self.is_captured)(name)
            && !self.found.iter().any(|(found, _)| found == name)
        {
            self.found.push((name.to_owned(), at));
        }
    }
}
