//! Warnings about vthread calls in async blocks.
//!
//! Such a call blocks the thread that polls the block, and with it whatever is polled together with
//! the block: what the call waits for may never come. An async block is a value of the user's, so
//! nothing in it is rewritten but the callee of a call, which gets dead code beside it.

use super::Lowering;
use super::blocking_calls::{beside, in_async_block};
use crate::known;
use crate::names::{self, hygienic, plain_text};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprAsync, ExprCall, ExprMethodCall, Item, Macro, PatIdent, Path, PathArguments};

impl Lowering {
    /// Adds the warnings to an async block of vthread code, or of a closure in it.
    pub(crate) fn warn_in_async_block(&self, block: &mut ExprAsync) {
        if self.subject.is_unknown() {
            return;
        }
        let mut locals = Locals::default();
        locals.visit_expr_async(block);
        let mut calls = Calls {
            body: self,
            locals: locals.0,
        };
        calls.visit_expr_async_mut(block);
    }
}

/// The variables that a block binds.
#[derive(Default)]
struct Locals(HashSet<String>);

impl<'ast> Visit<'ast> for Locals {
    fn visit_pat_ident(&mut self, variable: &'ast PatIdent) {
        self.0.insert(plain_text(&variable.ident));
        visit::visit_pat_ident(self, variable);
    }
    fn visit_item(&mut self, item: &'ast Item) {
        if let Item::Fn(function) = item {
            self.0.insert(plain_text(&function.sig.ident));
        }
    }
}

struct Calls<'a> {
    body: &'a Lowering,
    locals: HashSet<String>,
}

impl VisitMut for Calls<'_> {
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_macro_mut(&mut self, _: &mut Macro) {}

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        match expr {
            Expr::Call(call) => self.function(call),
            Expr::MethodCall(call) if call.method == "block" && call.args.is_empty() => {
                *expr = made(call);
            }
            _ => {}
        }
    }
}

impl Calls<'_> {
    fn function(&self, call: &mut ExprCall) {
        let Expr::Path(callee) = &*call.func else {
            return;
        };
        let path = &callee.path;
        let is_variable = path.get_ident().map(plain_text).is_some_and(|name| {
            self.locals.contains(&name) || self.body.scopes.get(&name).is_some()
        });
        let is_left = callee.qself.is_some()
            || is_variable
            || known::function(path)
            || known::is_type_relative(path)
            || super::function_call::has_closure(call);
        if is_left {
            return;
        }
        let Some(at) = path.segments.last().map(|last| last.ident.span()) else {
            return;
        };
        let warning = of_function(path.clone(), at);
        *call.func = Expr::Verbatim(beside(path, &warning, at));
    }
}

/// Warns where the path has a companion.
fn of_function(mut path: Path, at: Span) -> TokenStream {
    let span = hygienic(at);
    if let Some(last) = path.segments.last_mut() {
        last.arguments = PathArguments::None;
    }
    let (none, no_kind, ty) = (names::none(span), names::no_kind(span), names::ty(span));
    let (key, blocks) = in_async_block(at);
    quote_spanned!(span=>
        let __k = {
            use #none as __c;
            use #no_kind;
            {
                #[allow(unused_imports, deprecated)] use #path as __c;
                { use __c::*; __VTHREAD_KIND }
            }
        };
        #ty::<()>().across::<_, #key>(&__k)[()].#blocks();
    )
}

/// `call.block()`, with a warning where it makes a vthread call.
fn made(call: &ExprMethodCall) -> Expr {
    let at = call.method.span();
    let span = hygienic(at);
    let tag = names::tag_of_result(span);
    let (key, blocks) = in_async_block(at);
    let of = names::blocking_of(span);
    let dead = crate::emit::call::dead(
        span,
        quote_spanned!(span=> let __t = #tag(&__c); #of::<#key, _>(&__t)[()].#blocks();),
    );
    let ExprMethodCall {
        attrs,
        receiver,
        dot_token,
        method,
        ..
    } = call;
    let arguments = names::called_at(call.paren_token.span.join(), TokenStream::new());
    let call = Ident::new("__c", span);
    let made = quote!(#call #dot_token #method #arguments);
    Expr::Verbatim(quote_spanned!(span=> #(#attrs)* (match #receiver { #call => { #dead #made } })))
}
