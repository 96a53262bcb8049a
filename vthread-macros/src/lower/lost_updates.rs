//! The marks of the children whose changes to a variable of the body are lost
//! (`analysis/lost_updates.rs`): the expansion of such a `spawn!` asks rustc for the types.

use crate::analysis::lost_updates;
use crate::forms::{OurMacro, our_macro};
use crate::names::ident;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::visit_mut::VisitMut;
use syn::{Block, Item, Macro};

/// Marks each `spawn!` of a body whose child changes a variable of the body that is used again
/// later.
pub(crate) fn mark(body: &mut Block) {
    let lost = lost_updates::of_children(body);
    if lost.iter().any(|names| !names.is_empty()) {
        Marks(lost.into_iter()).visit_block_mut(body);
    }
}

/// Removes the mark from a `spawn!`'s tokens: the names, each with the place of the change.
pub(crate) fn take_mark(tokens: TokenStream) -> (Vec<Ident>, TokenStream) {
    let mut trees = tokens.clone().into_iter();
    let marked = match trees.next() {
        Some(TokenTree::Group(mark)) if mark.delimiter() == Delimiter::None => {
            let mut inside = mark.stream().into_iter();
            let is_mark =
                matches!(inside.next(), Some(TokenTree::Ident(first)) if first == "__vthread_lost");
            is_mark.then(|| inside.collect::<Vec<_>>())
        }
        _ => None,
    };
    let Some(names) = marked else {
        return (Vec::new(), tokens);
    };
    let names = names.into_iter().filter_map(|tree| match tree {
        TokenTree::Ident(name) => Some(name),
        _ => None,
    });
    (names.collect(), trees.collect())
}

/// The names of the children that are still to be marked.
struct Marks(std::vec::IntoIter<Vec<(String, Span)>>);

impl VisitMut for Marks {
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        if our_macro(mac) != Some(OurMacro::Spawn) {
            return;
        }
        let names = self.0.next().unwrap_or_default();
        if !names.is_empty() {
            let names = names.iter().map(|(name, at)| ident(name, *at));
            let mark = Group::new(Delimiter::None, quote!(__vthread_lost #(#names)*));
            let tokens = &mac.tokens;
            mac.tokens = quote!(#mark #tokens);
        }
    }
}
