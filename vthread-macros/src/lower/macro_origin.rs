//! Whether a macro with the name of one of ours is ours: name resolution decides.
//!
//! A macro is recognised by its name, so another crate's `select!` would be expanded as if it were
//! ours. The macro that the path names and ours are imported under one name, ours by a glob. rustc
//! refuses a generated import that shadows a glob's in a path of another import (E0659), unless
//! both are the same item. Functions and modules of that name are not in the glob, so they do not
//! collide.

use crate::analysis::scopes::Name;
use crate::lower::Lowering;
use crate::names::{self, RuntimePath, hygienic, plain_text};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Path;

impl Lowering {
    /// Names one of our macros, so that its import counts as used, and checks that it is ours. One
    /// check is enough for each path of a body, and another one where a block has imports of its
    /// own.
    pub(crate) fn names_macro(&mut self, path: &Path, span: Span) -> TokenStream {
        // `::vthread::select!` is certainly ours.
        if path.leading_colon.is_some() {
            return TokenStream::new();
        }
        let (path, key) = self.as_imported(path);
        if !self.checked_paths.insert(key) {
            return quote_spanned!(span=> #[allow(unused_imports)] use #path as _;);
        }
        let last = &path.segments[path.segments.len() - 1].ident;
        same(names::macros(span), &path, &names::both_macros(last), span)
    }

    /// Checks that a macro that is treated as std's is std's. If it is not, its user can call it by
    /// a path, and it is left alone.
    pub(crate) fn checks_std_macro(&mut self, path: &Path, span: Span) -> TokenStream {
        if path.segments.len() > 1 {
            return TokenStream::new();
        }
        let (path, key) = self.as_imported(path);
        if !self.checked_paths.insert(key) {
            return TokenStream::new();
        }
        let both = names::both_std_macros(&path.segments[0].ident);
        same(names::std_macros(span), &path, &both, span)
    }

    /// The path as an import can have it, and the key that records it.
    fn as_imported(&self, path: &Path) -> (Path, String) {
        let mut path = path.clone();
        let is_variable = path
            .get_ident()
            .is_some_and(|name| self.scopes.get(&plain_text(name)).is_some_and(is_local));
        // Imports cannot refer to local variables, which are invisible to a name with a hygienic
        // span.
        if let (true, Some(last)) = (is_variable, path.segments.last_mut()) {
            last.ident.set_span(hygienic(last.ident.span()));
        }
        let text = path.to_token_stream();
        (path, format!("{text}! beside a variable: {is_variable}"))
    }
}

/// Refuses a macro at `path` that is not the one named `both` in `macros`.
fn same(macros: RuntimePath, path: &Path, both: &Ident, span: Span) -> TokenStream {
    quote_spanned!(span=>
        #[allow(unused_imports)] use #macros::*;
        #[allow(unused_imports)] use #path as #both;
        #[allow(unused_imports)] use #both as _;
    )
}

fn is_local(name: Name) -> bool {
    matches!(name, Name::Variable { .. } | Name::Handle)
}
