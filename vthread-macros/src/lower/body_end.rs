//! How the tail of a child or a body, and a `return` in a child, becomes its result: by written
//! `Ok` and `Err`, or by type.

use super::control_flow::{BodyScope, ChildScope, Inner, JumpScope};
use crate::analysis::tail;
use crate::analysis::tail::Written;
use crate::emit::call::answer;
use crate::errors;
use crate::lower::Lowering;
use crate::names::{self, hygienic};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;

/// How a leaf of a tail, or a `return`, becomes the result of a child or a body.
pub(crate) struct Ending {
    /// The variable that holds the error type.
    error: Ident,
    can_fail: bool,
    asked: Option<Ident>,
    is_child: bool,
}

impl Lowering {
    /// The child that a `return` here ends, perhaps from inside a group's body.
    pub(crate) fn child_around(&self) -> Option<Ending> {
        for frame in self.frames.iter().rev() {
            match frame {
                JumpScope::Child(child) if child.is_inferred => return None,
                JumpScope::Child(child) => return Some(Ending::of_child(child)),
                JumpScope::Closure | JumpScope::Cleanup => return None,
                _ => {}
            }
        }
        None
    }

    /// A leaf of a tail that decides by syntax.
    pub(crate) fn leaf(&mut self, mut leaf: Expr) -> Expr {
        let ending = match self.inner() {
            Inner::Group(group) => Ending::of_group(group),
            Inner::Child(child) => Ending::of_child(child),
            Inner::Function | Inner::Cleanup => return leaf,
        };
        if tail::written_result(&leaf).is_some() {
            return Expr::Verbatim(self.written(&mut leaf, &ending, false));
        }
        let at = leaf.span();
        let is_value = tail::needs_no_type(&leaf);
        self.visit_expr_mut(&mut leaf);
        let span = hygienic(at);
        Expr::Verbatim(match (is_value, ending.asked_body()) {
            (true, Some(kind)) => quote_spanned!(span=> #kind.value_of_leaf(#leaf)),
            (true, None) => quote_spanned!(span=> ::core::result::Result::Ok(#leaf)),
            (false, Some(_)) => ending.by_type(leaf.to_token_stream(), span),
            (false, None) => {
                let result = ending.by_type(leaf.to_token_stream(), span);
                self.claimed(result, span)
            }
        })
    }

    /// `Ok(value)` as written; the error of `Err(error)` converts by `From`.
    pub(crate) fn written(
        &mut self,
        expr: &mut Expr,
        ending: &Ending,
        is_return: bool,
    ) -> TokenStream {
        let which = tail::written_result(expr);
        let Expr::Call(call) = expr else {
            return expr.to_token_stream();
        };
        if which == Some(Written::Err) && !ending.can_fail && ending.asked.is_none() {
            self.errors.on(&*call, errors::CHILD_CANNOT_FAIL);
        }
        let is_inferred = tail::error_is_inferred(&call.args[0]);
        let at = call.args[0].span();
        call.args
            .iter_mut()
            .for_each(|argument| self.visit_expr_mut(argument));
        let (callee, argument) = (&call.func, &call.args[0]);
        let span = hygienic(at);
        let result = match which {
            Some(Written::Err) => {
                let error = match is_inferred {
                    true => argument.to_token_stream(),
                    false => ending.converted(argument, span),
                };
                let is_claimed = ending.asked_body().is_none() && self.claims_written(is_return);
                self.written_failure(callee, error, is_claimed, span)
            }
            _ => call.to_token_stream(),
        };
        match ending.asked_body() {
            Some(kind) => quote_spanned!(span=> #kind.written(#result)),
            None => result,
        }
    }
}

impl Ending {
    fn of_group(group: &BodyScope) -> Self {
        Ending {
            error: group.error.clone(),
            can_fail: group.can_fail,
            asked: group.asked.clone(),
            is_child: false,
        }
    }

    fn of_child(child: &ChildScope) -> Self {
        Ending {
            error: child.error.clone(),
            can_fail: child.can_fail,
            asked: child.asked.clone(),
            is_child: true,
        }
    }

    /// The variable to ask, in a body: an error there may as well be its value.
    fn asked_body(&self) -> Option<&Ident> {
        self.asked.as_ref().filter(|_| !self.is_child)
    }

    /// The error of a written `Err(error)`.
    fn converted(&self, error: &Expr, span: Span) -> TokenStream {
        match (&self.asked, self.is_child) {
            (None, _) => {
                let (fails, ty) = (names::fails(span), &self.error);
                quote_spanned!(span=> #fails(#error, &#ty))
            }
            (Some(kind), false) => quote_spanned!(span=> #kind.failed(#error)),
            (Some(kind), true) => {
                let fails = names::child_fails(span);
                quote_spanned!(span=> #fails(#kind, #error))
            }
        }
    }

    pub(crate) fn by_type(&self, tail: TokenStream, span: Span) -> TokenStream {
        match &self.asked {
            None => by_type(tail, &self.error, self.can_fail, span),
            Some(kind) if self.is_child => child_by_type(tail, kind, span),
            Some(kind) => body_by_type(tail, kind, span),
        }
    }
}

/// Turns the tail of a child into a `Result` by its type; `kind` decides how children fail.
pub(crate) fn child_by_type(tail: TokenStream, kind: &Ident, span: Span) -> TokenStream {
    let new = names::tail(span);
    let split = split(span);
    quote_spanned!(span=> ({ let __t = #new(#tail); #[allow(unreachable_code)] #split.finish_as(#kind) }))
}

/// Turns the tail of a body into its result by its type; `kind` decides what tails are.
pub(crate) fn body_by_type(tail: TokenStream, kind: &Ident, span: Span) -> TokenStream {
    let new = names::tail(span);
    let split = split(span);
    quote_spanned!(span=> ({ let __t = #new(#tail); #[allow(unreachable_code)] #kind.tail(#split) }))
}

/// Turns `tail` into a `Result` by its type.
pub(crate) fn by_type(tail: TokenStream, error: &Ident, can_fail: bool, span: Span) -> TokenStream {
    let new = names::tail(span);
    let finish = Ident::new(
        if can_fail {
            "finish"
        } else {
            "finish_infallible"
        },
        span,
    );
    let split = split(span);
    quote_spanned!(span=> ({ let __t = #new(#tail); #[allow(unreachable_code)] #split.#finish(&#error) }))
}

/// The tail in `__t`, split according to its type.
fn split(span: Span) -> TokenStream {
    let (ask, split) = (names::tail_ask(span), names::tail_split(span));
    let which = answer(quote_spanned!(span=> #ask(&__t)), span);
    quote_spanned!(span=> #split(#which, __t))
}
