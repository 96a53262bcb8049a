//! `for` loops: the loop stays a `for`, and the type of its collection decides about each step: an
//! iterator, or a type whose `next` suspends.

use super::Lowering;
use super::expr::label_text;
use crate::editor;
use crate::emit::call::{CallMode, answer, awaited, dead_beside};
use crate::emit::parens::parenthesized;
use crate::emit::write::NOTHING;
use crate::lower::control_flow::JumpScope;
use crate::names::{self, hygienic, plain_text};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprForLoop, Pat, Token};

/// Methods of std that return iterators of std, on any receiver.
const ADAPTERS: &[&str] = &[
    "array_chunks",
    "array_windows",
    "bytes",
    "chain",
    "char_indices",
    "chars",
    "chunk_by",
    "chunks",
    "chunks_exact",
    "chunks_mut",
    "cloned",
    "copied",
    "enumerate",
    "filter",
    "filter_map",
    "flat_map",
    "flatten",
    "into_keys",
    "into_values",
    "iter_mut",
    "map",
    "map_while",
    "peekable",
    "rchunks",
    "rev",
    "skip",
    "skip_while",
    "split_ascii_whitespace",
    "split_whitespace",
    "step_by",
    "take_while",
    "values_mut",
    "windows",
    "zip",
];

impl Lowering {
    /// The rewritten loop, or `None` if it stays as it is, with its parts rewritten.
    pub(crate) fn for_loop(&mut self, repeated: &mut ExprForLoop) -> Option<Expr> {
        let is_asked = !is_plain(&repeated.expr) && !self.is_untyped(&repeated.expr);
        self.visit_expr_mut(&mut repeated.expr);
        let frame = JumpScope::Loop(repeated.label.as_ref().map(label_text));
        self.framed(Some(frame), |body| {
            body.scoped(|body| {
                body.scopes.bind_pattern(&repeated.pat);
                body.is_used = false;
                body.visit_block_mut(&mut repeated.body);
            });
        });
        (is_asked && !editor::asks()).then(|| self.steps(repeated))
    }

    fn steps(&self, repeated: &ExprForLoop) -> Expr {
        let ExprForLoop {
            attrs: _,
            label,
            for_token,
            pat,
            in_token,
            expr,
            body,
        } = repeated;
        let span = hygienic(expr.span());
        // In a call the user's parentheses would not be needed.
        let collection = match &**expr {
            Expr::Paren(_) => parenthesized(expr.to_token_stream()),
            _ => expr.to_token_stream(),
        };
        let making = self.making(false);
        let (head, steps, dead) = (
            names::loop_head(span),
            names::loop_steps(span),
            guard(making, span),
        );
        let kind = answer(quote_spanned!(span=> __h), span);
        let held = self.held_across(quote_spanned!(span=> &__m), expr.span());
        // Errors about the loop and its pattern show the user's code, so these tokens have the
        // user's spans.
        let over = Ident::new("__vt_over", expr.span());
        let bound = Ident::new("__vt_over", expr.span().located_at(in_token.span));
        let item = Ident::new("__vt_item", pat.span());
        let step = step(making, &item, expr.span());
        let iteration = match &**pat {
            Pat::Ident(ident) if ident.by_ref.is_none() && ident.subpat.is_none() => {
                quote_spanned!(span=> #[allow(unreachable_code)] let #pat = #step; #body)
            }
            // The item lives to the end of the iteration, whatever the pattern takes from it. With
            // a generated arm first, rustc does not propose another arm for a refutable pattern.
            _ => {
                let first = may_fail(pat).then(|| quote_spanned!(span=> _ if false => {}));
                let mut value = Group::new(
                    Delimiter::Brace,
                    quote_spanned!(span=> #[allow(unreachable_code)] let #item = #step; #item),
                );
                value.set_span(pat.span());
                quote_spanned!(span=> match #value { #first #pat => #body })
            }
        };
        let mut inside = Group::new(
            Delimiter::Brace,
            quote_spanned!(span=> #dead #held #iteration),
        );
        inside.set_span(body.brace_token.span.join());
        Expr::Verbatim(quote_spanned!(span=>
            {
                let __h = #head();
                match __h.pass(#collection) {
                    __e => {
                        #[allow(unused_mut, unused_variables, unreachable_code)]
                        let (__m, #bound, mut __source) = #steps(#kind, __e);
                        #label #for_token #item #in_token #over #inside
                    }
                };
            }
        ))
    }

    /// Whether it is a parameter of a closure whose type rustc does not know yet.
    fn is_untyped(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Path(path) => path
                .path
                .get_ident()
                .is_some_and(|name| self.untyped.contains(&plain_text(name))),
            Expr::Reference(reference) => self.is_untyped(&reference.expr),
            Expr::Paren(inner) => self.is_untyped(&inner.expr),
            _ => false,
        }
    }
}

/// The item of a step, which the `for` produced as `item` unless the step is a call.
fn step(making: CallMode, item: &Ident, at: Span) -> TokenStream {
    let span = hygienic(at);
    let made = match making {
        CallMode::Block => quote_spanned!(span=> __m.which().block(__c)),
        _ => {
            let awaited = awaited(quote_spanned!(span=> unsafe { __m.which().frame(__c) }), at);
            quote_spanned!(span=> (#awaited))
        }
    };
    quote_spanned!(span=> if __m.is_plain() {
        __m.plain(#item)
    } else {
        let __c = __m.source(&mut __source).next();
        match #made {
            ::core::option::Option::Some(__x) => __x,
            ::core::option::Option::None => break,
        }
    })
}

/// Stands beside each step that may be awaited.
fn guard(making: CallMode, span: Span) -> TokenStream {
    match making {
        CallMode::Block => TokenStream::new(),
        _ => dead_beside(making, span, NOTHING).into_token_stream(),
    }
}

/// Whether a pattern may fail to match.
fn may_fail(pat: &Pat) -> bool {
    match pat {
        Pat::Ident(ident) => ident
            .subpat
            .as_ref()
            .is_some_and(|(_, inside)| may_fail(inside)),
        Pat::Paren(inner) => may_fail(&inner.pat),
        Pat::Reference(inner) => may_fail(&inner.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().any(may_fail),
        Pat::Wild(_) | Pat::Rest(_) => false,
        _ => true,
    }
}

/// An expression that is certainly an iterator, so that its type is not probed.
fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::Range(_) | Expr::Array(_) | Expr::Repeat(_) | Expr::Lit(_) => true,
        Expr::Paren(inner) => is_plain(&inner.expr),
        Expr::Group(inner) => is_plain(&inner.expr),
        Expr::Reference(reference) => is_plain(&reference.expr),
        Expr::MethodCall(call) => ADAPTERS.contains(&plain_text(&call.method).as_str()),
        Expr::Macro(invocation) => invocation.mac.path.is_ident("vec"),
        _ => false,
    }
}

/// The variables among a closure's parameters whose types are not written.
pub(crate) fn untyped(inputs: &Punctuated<Pat, Token![,]>) -> Vec<String> {
    let untyped = inputs.iter().filter(|input| !matches!(input, Pat::Type(_)));
    untyped.flat_map(crate::analysis::scopes::names).collect()
}
