//! The parentheses around a rewritten expression, and rustc's lints about unused ones and about
//! unused braces.
//!
//! The lint passes by what has the span of an expansion. But the span of an operand is a part of
//! that of the whole expression, in which it is the user's; there the lint does not look.

use crate::names::hygienic;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{BinOp, Block, Expr, Stmt, Token};

/// A rewritten expression that may stand anywhere in an expression of the user's.
pub(crate) fn parenthesized(rewritten: TokenStream) -> TokenStream {
    let span = match rewritten.clone().into_iter().next() {
        // Of the parentheses of a macro rustc takes the span, if it is as large as what is inside.
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            Span::mixed_site()
        }
        Some(first) => hygienic(first.span()),
        None => Span::mixed_site(),
    };
    let mut parentheses = Group::new(Delimiter::Parenthesis, rewritten);
    parentheses.set_span(span);
    parentheses.into_token_stream()
}

/// An operand as the argument of a call.
pub(crate) fn as_argument(operand: &Expr) -> TokenStream {
    if let Expr::Block(block) = operand {
        let mut block = block.clone();
        needed_braces(&mut block.block);
        return block.into_token_stream();
    }
    match around(operand) {
        Some(group) => parenthesized(group.stream()),
        None => operand.to_token_stream(),
    }
}

/// A block whose braces the user has to write: rustc's lint for others passes by more than a tail.
pub(crate) fn needed_braces(block: &mut Block) {
    let is_tail = match &block.stmts[..] {
        [Stmt::Expr(_, None)] => true,
        [Stmt::Macro(invocation)] => invocation.semi_token.is_none(),
        _ => false,
    };
    if is_tail {
        let nothing = Expr::Verbatim(TokenStream::new());
        let end = Token![;](Span::mixed_site());
        block.stmts.insert(0, Stmt::Expr(nothing, Some(end)));
    }
}

/// Parentheses with the user's span, where the lint does not look: around a statement, whose span
/// other lints use, and around an operand.
pub(crate) fn located(expr: &mut Expr, at: Span) {
    if let Some(mut group) = around(expr) {
        group.set_span(at);
        *expr = Expr::Verbatim(group.into_token_stream());
    }
}

/// The expression of a `let` condition. In a chain of conditions its last token decides about the
/// edition, so that one has the user's span, `at`.
pub(crate) fn of_condition(expr: &mut Expr, at: Span) {
    let Some(group) = around(expr) else { return };
    let is_match = matches!(
        group.stream().into_iter().next(),
        Some(TokenTree::Ident(first)) if first == "match"
    );
    *expr = Expr::Verbatim(match is_match {
        true => group.stream(),
        false => needed(&group, at),
    });
}

/// The right side of an assignment: the lint looks at it, and another one at the span of the whole,
/// which ends with this.
pub(crate) fn of_assignment(expr: &mut Expr, at: Span) {
    if let Some(group) = around(expr) {
        let is_block = matches!(
            group.stream().into_iter().next(),
            Some(TokenTree::Punct(first)) if first.as_char() == '\''
        );
        *expr = Expr::Verbatim(match is_block {
            true => matched(&group, at),
            false => needed(&group, at),
        });
    }
}

/// A call of which a type is expected: a field expects nothing.
fn matched(group: &Group, at: Span) -> TokenStream {
    let block = group.stream();
    let mut arms = Group::new(
        Delimiter::Brace,
        quote_spanned!(hygienic(at)=> () => #block),
    );
    arms.set_span(at);
    quote_spanned!(hygienic(at)=> match () #arms)
}

/// The field of a tuple, whose parentheses are needed.
fn needed(group: &Group, at: Span) -> TokenStream {
    let mut tuple = Group::new(Delimiter::Parenthesis, quote!(#group,));
    tuple.set_span(at);
    quote_spanned!(at=> #tuple.0)
}

/// The parentheses, if the expression consists of them and what was rewritten.
fn around(expr: &Expr) -> Option<Group> {
    let Expr::Verbatim(tokens) = expr else {
        return None;
    };
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) => {
            (group.delimiter() == Delimiter::Parenthesis).then_some(group)
        }
        _ => None,
    }
}

/// `+=` and its like, whose right side the lint looks at.
pub(crate) fn is_assignment(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}
