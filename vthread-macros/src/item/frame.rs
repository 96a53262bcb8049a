//! The frame of a function: its body as an async block, passed to the runtime as a `Call`.

use super::instrument::Instrument;
use super::options::Options;
use crate::analysis::endless_recursion::{Itself, inevitable_call};
use crate::emit::call::{Extent, dead, n_awaited};
use crate::known;
use crate::lower::closure_result::types_parameters;
use crate::lower::{Lowering, can_be_written};
use crate::names::{self, called_at, hygienic, plain_text};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Block, Expr, Macro, ReturnType, Signature, Token, Type};

/// Rewrites `block` and makes the body of the companion.
pub(crate) fn emit(
    body: &mut Lowering,
    prologue: &TokenStream,
    block: Block,
    signature: &Signature,
    (instrument, options): (Option<Instrument>, &Options),
) -> TokenStream {
    let frame = emit_frame(body, prologue, block, signature, instrument);
    as_call(frame, signature, options)
}

/// Rewrites `block` and makes the frame of the companion, in the span that was asked for.
pub(crate) fn emit_frame(
    body: &mut Lowering,
    prologue: &TokenStream,
    mut block: Block,
    signature: &Signature,
    instrument: Option<Instrument>,
) -> TokenStream {
    let itself = Itself {
        function: body.subject.function.as_deref(),
        method: body.subject.method.as_deref(),
        taking: body.subject.taking,
        siblings: &body.subject.siblings,
    };
    let endless = inevitable_call(&block, itself);
    let endless = endless.map(|call| recursion(signature, call));
    body.is_used = !matches!(signature.output, ReturnType::Default);
    body.is_expected = body.is_used && body.returns.ty.is_some();
    types_parameters(&mut block, &signature.output);
    let mut written = Written::default();
    written.visit_block(&block);
    let n_before = n_awaited();
    body.body(&mut block);
    let has_awaited = n_awaited() > n_before;
    let span = hygienic(signature.ident.span());
    let in_frame = names::in_frame(span);
    // All of `self` is captured: disjoint capture would add false lints.
    let this = signature.receiver().map(|receiver| {
        let this = receiver.self_token;
        quote_spanned!(span=> let _ = &#this;)
    });
    let returns = says_output(signature);
    let block = block.into_token_stream();
    let is_never =
        matches!(&signature.output, ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)));
    let may_be_calm = !is_never && instrument.is_none() && !has_awaited;
    let never_suspends = may_be_calm && (!written.may_await || never_suspends(block.clone()));
    let whole = quote_spanned!(span=> #returns match () { () => '__frame: { #block } });
    let whole = match instrument {
        Some(instrument) => instrument.wrap(span, &whole, &quote_spanned!(span=> #this #whole)),
        None => whole,
    };
    let inside = quote_spanned!(span=> {
        #[allow(unused_imports)] use #in_frame::*;
        #endless
        #this
        #prologue
        #whole
    });
    match never_suspends {
        true => {
            let unsuspending = names::unsuspending(span);
            quote_spanned!(span=> let __f = #unsuspending(move || #inside);)
        }
        false => quote_spanned!(span=> let __f = async move #inside;),
    }
}

/// Whether the user's body may have an `.await`. Where neither it nor an unknown macro is written,
/// the expansion has only those that are counted, and need not be searched.
#[derive(Default)]
struct Written {
    may_await: bool,
}

impl<'ast> Visit<'ast> for Written {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            // Of what the parser does not know, there are only tokens.
            Expr::Await(_) | Expr::Verbatim(_) => self.may_await = true,
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let name = mac.path.segments.last().map(|last| plain_text(&last.ident));
        let is_known = name.is_some_and(|name| known::macros::is_of_std(&name));
        self.may_await |= !is_known || !never_suspends(mac.tokens.clone());
    }
}

/// Whether a body certainly has no `.await`: a closure costs the user's compiler half of what a
/// state machine does.
fn never_suspends(body: TokenStream) -> bool {
    let mut before = [None, None];
    for tree in body {
        let is_calm = match &tree {
            TokenTree::Ident(ident) => ident != "await",
            TokenTree::Group(group) => {
                let is_macro =
                    matches!(&before[1], Some(TokenTree::Punct(sign)) if sign.as_char() == '!');
                let is_known = match &before[0] {
                    Some(TokenTree::Ident(name)) if is_macro => {
                        known::macros::is_of_std(&plain_text(name))
                    }
                    _ => true,
                };
                is_known && never_suspends(group.stream())
            }
            _ => true,
        };
        if !is_calm {
            return false;
        }
        before = [before[1].take(), Some(tree)];
    }
    true
}

/// A plain function in place of the user's, for rustc's lint about functions that cannot return.
fn recursion(signature: &Signature, call: Extent) -> TokenStream {
    let header = signature.paren_token.span.join();
    let end = signature.output.to_token_stream().into_iter().last();
    let end = end.map_or(header, |tree| tree.span());
    let function = Token![fn](signature.fn_token.span);
    let named = |at| Ident::new("__again", hygienic(at));
    let (declared, called) = (named(header), named(call.start));
    let parameters = called_at(header, TokenStream::new());
    let arguments = called_at(call.end, TokenStream::new());
    let output = called_at(end, TokenStream::new());
    let mut body = Group::new(Delimiter::Brace, quote!(#called #arguments));
    body.set_span(call.end);
    quote_spanned!(hygienic(header)=>
        #[allow(dead_code, clippy::unused_unit)] { #function #declared #parameters -> #output #body }
    )
}

/// Passes the frame to the runtime as a call.
pub(crate) fn as_call(frame: TokenStream, signature: &Signature, options: &Options) -> TokenStream {
    let span = hygienic(signature.ident.span());
    let call = names::call(span);
    let boxed = (options.boxed || options.dynamic)
        .then(|| quote_spanned!(span=> let __f = ::std::boxed::Box::pin(__f);));
    quote_spanned!(span=> #frame #boxed unsafe { #call(__f) })
}

/// Passes the frame to the runtime as a call of a method of `vthread::io`.
pub(crate) fn as_io_call(frame: &TokenStream, signature: &Signature) -> TokenStream {
    let span = hygienic(signature.ident.span());
    let call = names::io_call(span);
    quote_spanned!(span=> #frame unsafe { #call(__f) })
}

/// Dead code that gives the async block its type, so that coercions such as `-> Box<dyn Fn()>`
/// work.
fn says_output(signature: &Signature) -> TokenStream {
    let ReturnType::Type(_, ty) = &signature.output else {
        return TokenStream::new();
    };
    if !can_be_written(ty) && !matches!(**ty, syn::Type::Never(_)) {
        return TokenStream::new();
    }
    let span = hygienic(signature.ident.span());
    let any = names::any(span);
    let ty = super::signature::output(signature);
    dead(
        span,
        quote_spanned!(span=> let __r: #ty = #any(); return __r;),
    )
    .into_token_stream()
}

/// The body of a companion whose function has errors: callers still type-check.
pub(crate) fn emit_refused(signature: &Signature) -> TokenStream {
    let span = hygienic(signature.ident.span());
    let any = names::any(span);
    quote_spanned!(span=> #any())
}

/// The same for a method: its call has a frame that never exists.
pub(crate) fn emit_refused_method(signature: &Signature) -> TokenStream {
    let span = hygienic(signature.ident.span());
    let (call, any) = (names::call(span), names::any(span));
    quote_spanned!(span=>
        let __f = ::std::boxed::Box::pin(async move { #any() });
        unsafe { #call(__f) }
    )
}
