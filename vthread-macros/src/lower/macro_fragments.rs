//! Expressions that a `macro_rules!` macro passed to the user's function, as `$value:expr`.
//!
//! They arrive between invisible delimiters, which rustc ignores when a procedural macro passes
//! them on: `$a * $b` with `1 + 2` for `$a` would become `1 + 2 * $b`. So they are parenthesised.

use crate::analysis::tail;
use proc_macro2::{Delimiter, Group, Span};
use quote::quote;
use syn::parse::Parser;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprGroup, ExprParen, Stmt, token};

/// A `let` that arrives as `$s:stmt` is a statement, and no expression.
pub(crate) fn open_let(statement: &mut Stmt) {
    let Stmt::Expr(Expr::Group(group), _) = &*statement else {
        return;
    };
    if let Expr::Let(declared) = &*group.expr {
        let parsed = Block::parse_within.parse2(quote!(#declared;));
        if let Some(local) = parsed.ok().and_then(|mut parsed| parsed.pop()) {
            *statement = local;
        }
    }
}

/// The expression of an unmarked group, in parentheses unless it needs none.
pub(crate) fn parenthesized(group: &mut ExprGroup) -> Option<Expr> {
    let stands_alone = matches!(
        *group.expr,
        Expr::Path(_)
            | Expr::Lit(_)
            | Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::Paren(_)
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Macro(_)
            | Expr::Group(_)
            | Expr::Verbatim(_)
    );
    if stands_alone {
        return None;
    }
    let mut paren_token = token::Paren::default();
    let mut delimiters = Group::new(Delimiter::Parenthesis, Default::default());
    delimiters.set_span(Span::mixed_site());
    paren_token.span = delimiters.delim_span();
    Some(Expr::Paren(ExprParen {
        attrs: std::mem::take(&mut group.attrs),
        paren_token,
        expr: group.expr.clone(),
    }))
}

/// Applies it to parts of the body that are not rewritten.
pub(crate) struct Fragments;

impl VisitMut for Fragments {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        let Expr::Group(group) = expr else { return };
        if tail::marked(group).is_some() || tail::is_ending(group) {
            return;
        }
        if let Some(parenthesized) = parenthesized(group) {
            *expr = parenthesized;
        }
    }
}
