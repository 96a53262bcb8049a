//! Method calls: `recv.m(args)` stays token for token as written and becomes the scrutinee of a
//! match; the types of the receiver and the result decide.

use super::expectation::Expected;
use super::of_its_file::is_function_of_its_file;
use super::{Lowering, blocking_calls};
use crate::analysis::impl_siblings::Known;
use crate::editor;
use crate::emit::call::{Extent, arm, decide, decided, found, known_call, shown_value, ways};
use crate::emit::parens::{as_argument, parenthesized};
use crate::emit::write::{NOTHING, Written, write_spanned};
use crate::known;
use crate::names::{self, hash, hygienic, plain_text};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprMethodCall, Path, UnOp};

/// The kind of a receiver, for the dead code that finds its type.
#[derive(PartialEq)]
enum Receiver {
    /// A place: it can be named a second time.
    Place,
    /// A place inside a value, as `f().field`: the value's type is recorded.
    InValue,
    /// A value: it passes through an identity function.
    Value,
}

impl Lowering {
    /// The rewritten call, or `None` if it stays as it is (with its parts rewritten).
    pub(crate) fn method(&mut self, call: &mut ExprMethodCall, is_expected: bool) -> Option<Expr> {
        let rewritten = self.decided_method(call, is_expected)?;
        match editor::asks() {
            true => Some(shown_value(&call, call.method.span())),
            false => Some(rewritten),
        }
    }

    fn decided_method(&mut self, call: &mut ExprMethodCall, is_expected: bool) -> Option<Expr> {
        let name = plain_text(&call.method);
        let stated = self.stated.take();
        let expected = self.expected(is_expected, &call.args, call.method.span());
        let is_of_std = known::method(&name);
        let own = match is_self(&call.receiver) {
            true => self.subject.siblings.method(&name, self.subject.taking),
            false => None,
        };
        let own = own.or_else(|| match is_of_std {
            true => None,
            false => self.method_of_its_type(call),
        });
        let is_covered = self.is_covered;
        let is_probed = !is_of_std && own != Some(Known::Plain);
        self.is_covered |= is_probed && self.in_frame;
        let asked_iterator = blocking_calls::asked_iterator(&call.receiver);
        if !(name == "block" && call.args.is_empty() && !self.in_frame) {
            self.part(&mut call.receiver);
        } else {
            self.receiver_of_block(&mut call.receiver);
        }
        call.args
            .iter_mut()
            .for_each(|argument| self.visit_expected(argument));
        self.is_covered = is_covered;
        if let (Some(at), true) = (asked_iterator, self.warns()) {
            blocking_calls::ask_iterator(&mut call.receiver, at);
        }
        if is_of_std {
            return blocking_calls::unprobed(call, &name).filter(|_| self.warns());
        }
        let is_recursive = self.subject.method.as_deref() == Some(&name);
        if is_recursive {
            self.note_recursion();
            if let (Some(helper), true) = (self.subject.again.clone(), is_self(&call.receiver)) {
                return Some(self.call_again(call, &helper));
            }
        }
        match own {
            Some(Known::Plain) => None,
            Some(Known::Suspends) => Some(self.own_method(call, is_recursive)),
            None => Some(self.probe_method(call, &name, (expected, stated), is_recursive)),
        }
    }

    /// `self.m(args)` in the default of `m`. rustc identifies the call's type with the one that is
    /// being defined (E0792), so the call goes through the helper that the trait's expansion adds.
    fn call_again(&mut self, call: &ExprMethodCall, helper: &Path) -> Expr {
        self.calls_itself = true;
        let (again, receiver, turbofish) =
            (names::again(&call.method), &call.receiver, &call.turbofish);
        let arguments = call.args.iter();
        let again = quote_spanned!(call.method.span()=>
            <Self as #helper>::#again #turbofish(#receiver, #(#arguments),*)
        );
        let extent = Extent::from(&call.receiver, call.paren_token.span.close());
        let making = self.making(true);
        let held = self.held_across_suspension(call.method.span());
        let made = known_call(again, making, call.method.span(), extent, held);
        Expr::Verbatim(made)
    }

    /// `recv.m(args).block()` in a closure, as in plain code: `m` is not made, `block` makes it.
    fn receiver_of_block(&mut self, receiver: &mut Expr) {
        match receiver {
            Expr::MethodCall(inner) => {
                self.visit_expr_mut(&mut inner.receiver);
                inner
                    .args
                    .iter_mut()
                    .for_each(|argument| self.visit_expr_mut(argument));
            }
            Expr::Macro(inner) if crate::known::macros::writes(&inner.mac) => {
                self.arguments_block(&mut inner.mac, 0);
            }
            Expr::Call(inner) => inner
                .args
                .iter_mut()
                .for_each(|argument| self.visit_expr_mut(argument)),
            other => self.visit_expr_mut(other),
        }
    }

    /// A call of a vthread method of the same block: its result is a `Call`.
    fn own_method(&self, call: &ExprMethodCall, is_recursive: bool) -> Expr {
        let at = call.method.span();
        let extent = Extent::from(&call.receiver, call.paren_token.span.close());
        let held = self.held_across_suspension(at);
        let made = known_call(quote!(#call), self.making(is_recursive), at, extent, held);
        Expr::Verbatim(made)
    }

    fn probe_method(
        &mut self,
        call: &ExprMethodCall,
        name: &str,
        (expected, stated): (Option<Expected>, Option<Expr>),
        is_recursive: bool,
    ) -> Expr {
        let at = call.method.span();
        let span = hygienic(at);
        let making = self.making(is_recursive);
        let hash = hash(name);
        let warning = blocking_calls::method(name, at).filter(|_| self.warns());
        let warning = stated.map(|call| quote!(#call;)).or(warning);
        let io = names::IO_METHODS.contains(&name).then(|| names::io(span));
        let which = Written(move |to: &mut TokenStream| match &io {
            Some(io) => write_spanned!(to, span=> #io(&__t)[()]),
            None => write_spanned!(to, span=> __t[()]),
        });
        let held = self.held_across(quote_spanned!(span=> &__k), at);
        let place = self.place_of_check();
        let ExprMethodCall {
            attrs: _,
            receiver,
            dot_token,
            method,
            turbofish,
            args,
            paren_token,
        } = call;
        let arguments = names::called_at(paren_token.span.join(), args.to_token_stream());
        let extent = Extent::from(receiver, paren_token.span.close());
        let ways = ways(making, at, paren_token.span.join());
        let tail = Written(|to: &mut TokenStream| {
            dot_token.to_tokens(to);
            method.to_tokens(to);
            turbofish.to_tokens(to);
            arguments.to_tokens(to);
        });
        let new_ty = names::ty(span);
        let is_value = classify(receiver) == Receiver::Value;
        let probed = if is_value {
            let mut receiver = &**receiver;
            while let Expr::Paren(inner) = receiver {
                receiver = &inner.expr;
            }
            let receiver = as_argument(receiver);
            let tag = names::tag_of_value(span);
            let tag = Written(move |to: &mut TokenStream| {
                write_spanned!(to, span=> #tag::<#hash, _, _>(&__r, &__x));
            });
            let found = found(making, place, span, tag, warning, which);
            let made = Written(move |to: &mut TokenStream| {
                write_spanned!(to, span=> __r.pass(#receiver) #tail);
            });
            let decided = decide(extent, made, arm(span, found, held, ways));
            quote_spanned!(span=> { let __r = #new_ty(); #decided })
        } else {
            let mut types = Vec::new();
            let (real, copy) = self.place(receiver, &mut types);
            let (is_raw, is_function) = (is_raw_place(receiver), self.is_function(receiver));
            let tag = Written(|to: &mut TokenStream| match is_raw {
                _ if is_function => {
                    let tag = names::tag_of_result(span);
                    write_spanned!(to, span=> #tag(&__x));
                }
                true => {
                    let tag = names::tag_of_raw(span);
                    write_spanned!(to, span=> #tag::<#hash, _, _>(&raw const #copy, &__x));
                }
                false => {
                    let tag = names::tag(span);
                    write_spanned!(to, span=> #tag::<#hash, _, _>(&#copy, &__x));
                }
            });
            let remembered = expected
                .filter(|_| types.is_empty())
                .and_then(|expected| Some((expected, self.remembered(args, span)?)));
            if let Some((expected, remembered)) = remembered {
                let parentheses = paren_token.span.join();
                let called = |arguments: Vec<TokenStream>| {
                    let arguments = names::called_at(parentheses, quote!(#(#arguments),*));
                    quote!(#dot_token #method #turbofish #arguments)
                };
                let (call, again) = (called(remembered.real), called(remembered.copy));
                let decided = expected.of_value(
                    (making, place),
                    &remembered.types,
                    (quote!(#real #call), quote!(#copy #again)),
                    (tag.into_token_stream(), which.into_token_stream(), warning),
                    extent,
                    arm(span, NOTHING, held, ways).into_token_stream(),
                );
                return Expr::Verbatim(parenthesized(decided));
            }
            let found = found(making, place, span, tag, warning, which);
            let made = Written(move |to: &mut TokenStream| {
                real.to_tokens(to);
                tail.to_tokens(to);
            });
            let arm = arm(span, found, held, ways);
            if types.is_empty() {
                return Expr::Verbatim(decided(extent, made, arm));
            }
            let decided = decide(extent, made, arm);
            quote_spanned!(span=> { #(let #types = #new_ty();)* #decided })
        };
        Expr::Verbatim(parenthesized(probed))
    }

    /// Whether the receiver may be a function of the file: if it is generic, only this call fixes
    /// its parameters, so it cannot be named a second time. Nor can it be passed on: it may as well
    /// be a variable that an unknown macro has bound.
    fn is_function(&self, receiver: &Expr) -> bool {
        let Expr::Path(path) = receiver else {
            return false;
        };
        let Some(name) = path.path.get_ident().filter(|_| path.qself.is_none()) else {
            return false;
        };
        !self.subject.is_unknown()
            && self.scopes.get(&plain_text(name)).is_none()
            && is_function_of_its_file(name)
    }

    /// A place expression and its copy for dead code, in which values are only recorded by type.
    fn place(&mut self, expr: &Expr, types: &mut Vec<Ident>) -> (TokenStream, TokenStream) {
        let span = Span::mixed_site();
        match expr {
            Expr::Paren(inner) => {
                let (real, copy) = self.place(&inner.expr, types);
                (quote_spanned!(span=> (#real)), copy)
            }
            Expr::Group(inner) => self.place(&inner.expr, types),
            Expr::Field(field) => {
                let (real, copy) = self.place(&field.base, types);
                let (dot, member) = (&field.dot_token, &field.member);
                (quote!(#real #dot #member), quote!(#copy #dot #member))
            }
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
                let (real, copy) = self.place(&unary.expr, types);
                let star = &unary.op;
                (
                    quote_spanned!(span=> (#star #real)),
                    quote_spanned!(span=> (#star #copy)),
                )
            }
            Expr::Index(indexed) => {
                let (real, copy) = self.place(&indexed.expr, types);
                let index = &indexed.index;
                if matches!(**index, Expr::Lit(_) | Expr::Path(_)) {
                    return (quote!(#real[#index]), quote!(#copy[#index]));
                }
                let ty = self.fresh("index", span);
                types.push(ty.clone());
                (
                    quote_spanned!(span=> #real[#ty.pass(#index)]),
                    quote_spanned!(span=> #copy[#ty.any()]),
                )
            }
            Expr::Path(path) => (quote!(#path), quote!(#path)),
            value => {
                // Lints about the temporary use the position of its creation.
                let span = hygienic(value.span());
                let ty = self.fresh("value", span);
                types.push(ty.clone());
                let value = as_argument(value);
                (
                    quote_spanned!(span=> #ty.pass(#value)),
                    quote_spanned!(span=> #ty.any()),
                )
            }
        }
    }
}

pub(super) fn is_self(receiver: &Expr) -> bool {
    match receiver {
        Expr::Path(path) => path.path.is_ident("self"),
        Expr::Paren(inner) => is_self(&inner.expr),
        Expr::Group(inner) => is_self(&inner.expr),
        _ => false,
    }
}

fn classify(expr: &Expr) -> Receiver {
    let inside = |base: &Expr| match classify(base) {
        Receiver::Place => Receiver::Place,
        _ => Receiver::InValue,
    };
    match expr {
        // Only this call fixes the type of its contents, so it cannot be named a second time.
        Expr::Path(path) if path.path.is_ident("None") => Receiver::Value,
        Expr::Path(_) => Receiver::Place,
        Expr::Paren(inner) => classify(&inner.expr),
        Expr::Group(inner) => classify(&inner.expr),
        Expr::Field(field) => inside(&field.base),
        Expr::Index(indexed) => inside(&indexed.expr),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => inside(&unary.expr),
        _ => Receiver::Value,
    }
}

/// Fields are accessed through a raw borrow, because they may be packed; constants are not places.
fn is_raw_place(expr: &Expr) -> bool {
    matches!(expr, Expr::Field(_)) && classify(expr) == Receiver::Place && !roots_in_constant(expr)
}

fn roots_in_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Path(path) => known::is_constant(path),
        Expr::Paren(inner) => roots_in_constant(&inner.expr),
        Expr::Group(inner) => roots_in_constant(&inner.expr),
        Expr::Field(field) => roots_in_constant(&field.base),
        Expr::Index(indexed) => roots_in_constant(&indexed.expr),
        Expr::Unary(unary) => roots_in_constant(&unary.expr),
        _ => false,
    }
}
