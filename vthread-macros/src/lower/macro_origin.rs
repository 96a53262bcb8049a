//! Whether a macro that has a name of ours is ours: name resolution decides.
//!
//! A macro is recognised by its name, so `select!` of another crate would be expanded as if it were ours. The
//! macro that the path names and ours are imported under one name, ours by a glob. rustc refuses
//! a generated import that shadows a glob's in a path of another import (E0659), unless both are
//! the same item. Functions and modules of that name are in no glob, and so in nobody's way.

use crate::analysis::scopes::Name;
use crate::lower::Body;
use crate::names::{self, ours, plain_text};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Path;

impl Body {
    /// Names one of our macros, so that its import counts as used, and checks that it is ours. To check once for
    /// each path of a body is enough, and again where a block has imports of its own.
    pub(crate) fn names_macro(&mut self, path: &Path, span: Span) -> TokenStream {
        // `::vthread::select!` is ours for certain.
        if path.leading_colon.is_some() {
            return TokenStream::new();
        }
        let mut path = path.clone();
        let is_variable = path
            .get_ident()
            .is_some_and(|name| self.scopes.get(&plain_text(name)).is_some_and(is_local));
        let Some(last) = path.segments.last_mut() else {
            return TokenStream::new();
        };
        // Imports cannot refer to local variables, which a name with a span of ours cannot see.
        if is_variable {
            last.ident.set_span(ours(last.ident.span()));
        }
        let both = names::both_macros(&last.ident);
        let key = format!(
            "{}! beside a variable: {is_variable}",
            path.to_token_stream()
        );
        if !self.checked_paths.insert(key) {
            return quote_spanned!(span=> #[allow(unused_imports)] use #path as _;);
        }
        let macros = names::macros(span);
        quote_spanned!(span=>
            #[allow(unused_imports)] use #macros::*;
            #[allow(unused_imports)] use #path as #both;
            #[allow(unused_imports)] use #both as _;
        )
    }
}

fn is_local(name: Name) -> bool {
    matches!(name, Name::Variable { .. } | Name::Handle)
}
