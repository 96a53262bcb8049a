//! Failing exits claim: before a failing child or body drops its locals, its group knows which
//! failure is the first, and has cancelled the others. So a member that fails because of these
//! drops comes later.
//!
//! A `?` claims in place, also in a `timeout!` or a similar macro inside the child, and so do a
//! `return` and a tail. Failures inside the body of an inner group belong to that group, until it
//! is joined.

use super::control_flow::JumpScope;
use crate::emit::call::{Extent, answer, decide};
use crate::emit::parens::parenthesized;
use crate::lower::Lowering;
use crate::names::{self, RuntimePath, hygienic};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::visit_mut::VisitMut;

impl Lowering {
    /// Whether a failure here is a failure of a child or of a group's body, with nothing joined on
    /// its way.
    pub(crate) fn fails_member(&self) -> bool {
        for frame in self.frames.iter().rev() {
            match frame {
                JumpScope::Group(group) if group.is_group => return group.can_fail && !group.keeps,
                JumpScope::Child(child) => return child.claims,
                JumpScope::Closure | JumpScope::Cleanup => return false,
                _ => {}
            }
        }
        false
    }

    /// Whether a `return` from here, seen from `frames[..depth]`, ends a child, with nothing joined
    /// on its way.
    fn ends_child(&self, depth: usize) -> bool {
        for frame in self.frames[..depth].iter().rev() {
            match frame {
                JumpScope::Group(group) if group.is_group => return false,
                JumpScope::Child(child) => return child.claims,
                JumpScope::Closure | JumpScope::Cleanup => return false,
                _ => {}
            }
        }
        false
    }

    /// The operand of a `?`, rewritten.
    pub(crate) fn claims_attempt(&self, operand: &mut Expr, extent: Extent) {
        let attempt = names::attempt(hygienic(extent.start));
        *operand = Expr::Verbatim(claims(operand.to_token_stream(), attempt, extent));
    }

    /// A tail whose type decides.
    pub(crate) fn ending(&mut self, mut tail: Expr) -> Expr {
        let extent = self.fails_member().then(|| Extent::of(&tail));
        self.visit_expr_mut(&mut tail);
        match extent {
            Some(extent) => {
                let ending = names::ending(hygienic(extent.start));
                Expr::Verbatim(claims(tail.to_token_stream(), ending, extent))
            }
            None => tail,
        }
    }

    /// The result of a child or a body, in place in its code.
    pub(crate) fn claimed(&self, result: TokenStream, span: Span) -> TokenStream {
        match self.fails_member() {
            true => claimed(result, span),
            false => result,
        }
    }

    /// The value of a `return` that leaves a group that was just joined.
    pub(crate) fn claimed_after_join(
        &self,
        depth: usize,
        value: TokenStream,
        span: Span,
    ) -> TokenStream {
        match self.ends_child(depth) {
            true => claimed(value, span),
            false => value,
        }
    }

    /// The value of a `return` in a child, in place.
    pub(crate) fn claimed_return(&self, result: TokenStream, span: Span) -> TokenStream {
        self.claimed_after_join(self.frames.len(), result, span)
    }

    /// `Err(error)`, in place as a tail or the value of a `return`.
    pub(crate) fn written_failure(
        &self,
        callee: &Expr,
        error: TokenStream,
        is_claimed: bool,
        span: Span,
    ) -> TokenStream {
        if !is_claimed {
            return quote!(#callee(#error));
        }
        let failing = names::failing(span);
        let error = quote_spanned!(span=> #failing(#error));
        quote!(#callee(#error))
    }

    /// Whether the `Err` of a `return` or of a tail claims.
    pub(crate) fn claims_written(&self, is_return: bool) -> bool {
        match is_return {
            true => self.ends_child(self.frames.len()),
            false => self.fails_member(),
        }
    }

    /// The code before the `return` that passes on the failure of an enclosed body.
    pub(crate) fn claim_on(&self, span: Span) -> TokenStream {
        match self.fails_member() {
            true => {
                let claim = names::claim(span);
                quote_spanned!(span=> #claim();)
            }
            false => TokenStream::new(),
        }
    }
}

fn claimed(result: TokenStream, span: Span) -> TokenStream {
    let claimed = names::claimed(span);
    quote_spanned!(span=> #claimed(#result))
}

/// `value`, examined in place where `question` finds that its type may fail.
fn claims(value: TokenStream, question: RuntimePath, extent: Extent) -> TokenStream {
    let span = hygienic(extent.start);
    let it = Ident::new("__x", span);
    let claim_failure = names::claim_failure(span);
    let which = answer(quote_spanned!(span=> #question(&#it)), span);
    let arms = quote_spanned!(span=> #[allow(unreachable_code)] #it => { #claim_failure(#which, &#it); #it });
    let decided = decide(extent, value, arms);
    parenthesized(decided)
}
