//! Places with indices that would live across a suspension point.
//!
//! rustc keeps the index of an array or slice place in a local that a coroutine does not save (seen
//! with 1.95, in plain `async` code too): in `a[i][f().await]` and in
//! `match a[i] { x if f().await => .. }` the place is used after the suspension point with an index
//! that is lost. So the first is refused, and the second is matched through a reference.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Arm, Expr, Pat, PatIdent, UnOp};

/// Whether rewritten code contains a point where it may suspend.
pub(crate) fn may_suspend(code: impl ToTokens) -> bool {
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|tree| match tree {
            TokenTree::Ident(ident) => ident == "await",
            TokenTree::Group(group) => any(group.stream()),
            _ => false,
        })
    }
    any(code.to_token_stream())
}

/// Whether the expression is a place with an index in it.
pub(crate) fn is_indexed(expr: &Expr) -> bool {
    match expr {
        Expr::Index(_) => true,
        Expr::Paren(inner) => is_indexed(&inner.expr),
        Expr::Group(inner) => is_indexed(&inner.expr),
        Expr::Field(field) => is_indexed(&field.base),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => is_indexed(&unary.expr),
        _ => false,
    }
}

/// Matches an indexed place through a reference, where a guard may suspend.
pub(crate) fn match_by_reference(scrutinee: &mut Expr, arms: &[Arm]) {
    let suspends = arms.iter().any(|arm| match &arm.pat {
        Pat::Guard(guarded) => may_suspend(&guarded.guard),
        _ => false,
    });
    if suspends && is_indexed(scrutinee) {
        let mut changes = Changes(false);
        arms.iter().for_each(|arm| changes.visit_pat(&arm.pat));
        let span = Span::mixed_site();
        *scrutinee = Expr::Verbatim(match changes.0 {
            true => quote_spanned!(span=> *&mut #scrutinee),
            false => quote_spanned!(span=> *&#scrutinee),
        });
    }
}

/// Whether a pattern borrows mutably.
struct Changes(bool);

impl<'ast> Visit<'ast> for Changes {
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.0 |= pattern.by_ref.is_some() && pattern.mutability.is_some();
        visit::visit_pat_ident(self, pattern);
    }
    fn visit_expr(&mut self, _: &'ast Expr) {}
}
