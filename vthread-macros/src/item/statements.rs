//! Statements that a `macro_rules!` macro passes on as `$s:stmt`.
//!
//! Such a statement is a group without delimiters. `syn` takes one for an expression, which a `let`
//! is not. A `let` needs no group, so these are opened where an item does not parse.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The tokens with each `let` of a macro's as if it were written there, if there is one.
pub(super) fn opened(tokens: TokenStream) -> Option<TokenStream> {
    let mut found = false;
    let tokens = open(tokens, &mut found);
    found.then_some(tokens)
}

fn open(tokens: TokenStream, found: &mut bool) -> TokenStream {
    let trees = tokens.into_iter().flat_map(|tree| {
        let TokenTree::Group(group) = tree else {
            return TokenStream::from(tree);
        };
        let inside = open(group.stream(), found);
        if group.delimiter() == Delimiter::None && begins_with_let(&inside) {
            *found = true;
            return inside;
        }
        let mut same = Group::new(group.delimiter(), inside);
        same.set_span(group.span());
        TokenTree::from(same).into()
    });
    trees.collect()
}

fn begins_with_let(tokens: &TokenStream) -> bool {
    matches!(tokens.clone().into_iter().next(), Some(TokenTree::Ident(first)) if first == "let")
}
