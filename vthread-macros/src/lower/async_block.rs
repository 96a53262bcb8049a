//! Warnings about vthread calls in async blocks.
//!
//! Such a call blocks the thread that polls the block, and with it whatever is polled together with
//! the block: what the call waits for may never come. An async block is a value of the user's, so
//! nothing in it is rewritten but the callee of a call, which gets dead code beside it.

use super::Lowering;
use super::blocking_calls::{beside, in_async_block};
use crate::known;
use crate::names::{self, hygienic, plain_text};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use std::collections::HashSet;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, ExprAsync, ExprCall, ExprMethodCall, Item, Macro, PatIdent, Path, PathArguments, Token,
};

impl Lowering {
    /// Adds the warnings to an async block of vthread code, or of a closure in it.
    pub(crate) fn warn_in_async_block(&self, block: &mut ExprAsync) {
        self.warn_beside(block, Locals::default());
    }

    /// Adds the warnings to the async blocks among the arguments of a macro such as `join!`, which
    /// are not parsed otherwise. Its patterns may bind variables: what is named there is no
    /// function.
    pub(crate) fn warn_in_polled_arguments(&self, mac: &mut Macro) {
        let mut locals = Locals::default();
        locals.add_names(mac.tokens.clone());
        mac.tokens = self.with_warnings(std::mem::take(&mut mac.tokens), &locals);
    }

    fn with_warnings(&self, tokens: TokenStream, locals: &Locals) -> TokenStream {
        let mut warned = TokenStream::new();
        let mut rest: &[TokenTree] = &tokens.into_iter().collect::<Vec<_>>();
        while let Some((first, after)) = rest.split_first() {
            let n = length_of_async_block(rest).unwrap_or(0);
            if let Ok(mut block) = syn::parse2(rest[..n].iter().cloned().collect()) {
                self.warn_beside(&mut block, locals.clone());
                block.to_tokens(&mut warned);
                rest = &rest[n..];
                continue;
            }
            match first {
                TokenTree::Group(group) => {
                    let inside = self.with_warnings(group.stream(), locals);
                    let mut group_of = Group::new(group.delimiter(), inside);
                    group_of.set_span(group.span());
                    group_of.to_tokens(&mut warned);
                }
                other => other.to_tokens(&mut warned),
            }
            rest = after;
        }
        warned
    }

    fn warn_beside(&self, block: &mut ExprAsync, mut locals: Locals) {
        if self.subject.is_unknown() {
            return;
        }
        locals.visit_expr_async(block);
        let mut calls = Calls {
            body: self,
            locals: locals.0,
        };
        calls.visit_expr_async_mut(block);
    }
}

/// The number of tokens of the async block that they begin with.
fn length_of_async_block(tokens: &[TokenTree]) -> Option<usize> {
    let is = |at: usize, word| matches!(tokens.get(at), Some(TokenTree::Ident(it)) if it == word);
    let braces = 1 + usize::from(is(1, "move"));
    let is_block = matches!(
        tokens.get(braces),
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace
    );
    (is(0, "async") && is_block).then_some(braces + 1)
}

/// The variables that a block binds.
#[derive(Clone, Default)]
struct Locals(HashSet<String>);

impl Locals {
    /// The names outside of async blocks that are not called.
    fn add_names(&mut self, tokens: TokenStream) {
        let mut rest: &[TokenTree] = &tokens.into_iter().collect::<Vec<_>>();
        while let Some((first, after)) = rest.split_first() {
            if let Some(n) = length_of_async_block(rest) {
                rest = &rest[n..];
                continue;
            }
            match (first, after.first()) {
                (TokenTree::Ident(_), Some(TokenTree::Group(arguments)))
                    if arguments.delimiter() == Delimiter::Parenthesis => {}
                (TokenTree::Ident(name), _) => {
                    self.0.insert(plain_text(name));
                }
                (TokenTree::Group(group), _) => self.add_names(group.stream()),
                _ => {}
            }
            rest = after;
        }
    }
}

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

    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        let runs_elsewhere = match &*call.func {
            Expr::Path(callee) => {
                let last = callee.path.segments.last();
                last.is_some_and(|last| is_of_a_thread(&plain_text(&last.ident)))
            }
            _ => false,
        };
        self.visit_expr_mut(&mut call.func);
        self.arguments(&mut call.args, runs_elsewhere);
    }

    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        let runs_elsewhere = is_of_a_thread(&plain_text(&call.method));
        self.visit_expr_mut(&mut call.receiver);
        self.arguments(&mut call.args, runs_elsewhere);
    }

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

/// Whether a function of this name runs the closure that it is given on another OS thread:
/// `spawn_blocking`, or that of `std::thread`. What blocks there blocks no other part of a future.
fn is_of_a_thread(name: &str) -> bool {
    matches!(name, "spawn" | "spawn_blocking" | "blocking" | "unblock")
}

impl Calls<'_> {
    fn arguments(&mut self, arguments: &mut Punctuated<Expr, Token![,]>, run_elsewhere: bool) {
        for argument in arguments {
            if !(run_elsewhere && matches!(argument, Expr::Closure(_))) {
                self.visit_expr_mut(argument);
            }
        }
    }

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
            || path
                .get_ident()
                .is_some_and(|name| known::is_builtin_type(&plain_text(name)))
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
    let module = names::companion_module(span);
    quote_spanned!(span=>
        let __k = {
            use #none as #module;
            use #no_kind;
            {
                #[allow(unused_imports, deprecated)] use #path as #module;
                { use #module::*; __VTHREAD_KIND }
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
