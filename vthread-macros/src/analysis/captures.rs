//! Which of the surrounding variables a child uses.

use super::walk::{Analysis, walk};
use crate::names::plain_text;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Block;

/// The free names of a body for which `is_captured` holds, each at its first use.
pub(crate) fn free_names(body: &Block, is_captured: &dyn Fn(&str) -> bool) -> Vec<(String, Span)> {
    let found = Vec::new();
    walk(body, Free { is_captured, found }).found
}

/// Whether a body that has been rewritten may use `variable`: its name stands there, be it in a
/// format string.
pub(crate) fn may_use(body: &Block, variable: &Ident) -> bool {
    stands_in(body.to_token_stream(), &plain_text(variable))
}

fn stands_in(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => plain_text(&ident) == name,
        TokenTree::Group(group) => stands_in(group.stream(), name),
        TokenTree::Literal(literal) => literal.to_string().contains(name),
        TokenTree::Punct(_) => false,
    })
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
