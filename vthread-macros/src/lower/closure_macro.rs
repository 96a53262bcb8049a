//! `closure!`: a closure that suspends.
//!
//! It becomes an async closure of one argument, in a wrapper that only the runtime can call. If the
//! type of a parameter is not written, dead code first tells rustc that the macro's value is a
//! closure of the types that its consumer expects: so rustc knows the parameters before it sees the
//! body.

use crate::emit::call::{answer, dead, outer};
use crate::errors::{self};
use crate::forms::closure::parse;
use crate::lower::{Lowering, Returns};
use crate::names::{self, hygienic};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprClosure, Macro, Pat, Type};

impl Lowering {
    pub(crate) fn closure_macro(&mut self, mac: &Macro) -> Option<TokenStream> {
        let mut closure = parse(mac, &mut self.errors)?;
        if closure.inputs.len() > 1 {
            for input in closure.inputs.iter().filter(|input| has_attributes(input)) {
                self.errors.on(input, errors::ATTRIBUTE_OF_PARAMETER);
            }
        }
        self.inside(&mut closure);
        let at = mac.path.span();
        let span = hygienic(at);
        let (tag, returned) = (names::closure_tag(span), names::returned(span));
        let (any, says_code, make) = (
            names::closure_any(span),
            names::closure_code(span),
            names::closure(span),
        );
        let ends = answer(quote_spanned!(span=> #returned(&__f)), span);
        let expected = match closure.inputs.iter().all(is_typed) {
            true => TokenStream::new(),
            // Once to state it, and once more to make rustc resolve it.
            false => {
                let say = dead(span, quote_spanned!(span=> break '__closure #any(&__t);));
                quote_spanned!(span=> #say #say)
            }
        };
        let ExprClosure {
            attrs,
            lifetimes,
            capture,
            output,
            body,
            ..
        } = &closure;
        let parameter = one_parameter(&closure, span);
        let code = quote_spanned!(span=>
            #(#attrs)* #lifetimes async #capture |#parameter| #output { '__frame: { #body } }
        );
        let named = self.names_macro(&mac.path, span);
        let made = outer(
            quote_spanned!(span=> ('__closure: {
                #named
                let __t = #tag();
                #expected
                let __f = #says_code(&__t, #code);
                #[allow(unreachable_code)] let __k = #ends;
                unsafe { #make(&__t, __f, __k) }
            })),
            at,
        );
        Some(made)
    }

    /// Rewrites the body of the closure, which is a function of its own.
    fn inside(&mut self, closure: &mut ExprClosure) {
        let returns = match &closure.output {
            syn::ReturnType::Default => Returns::default(),
            output => Returns::of(output),
        };
        let returns = std::mem::replace(&mut self.returns, returns);
        let frames = std::mem::take(&mut self.frames);
        let held = std::mem::take(&mut self.held);
        let in_frame = std::mem::replace(&mut self.in_frame, true);
        let in_vthread_closure = std::mem::replace(&mut self.in_vthread_closure, true);
        self.scoped(|body| {
            let inputs = closure.inputs.iter();
            inputs.for_each(|input| body.scopes.bind_pattern(input));
            body.is_used = true;
            match &mut *closure.body {
                Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => {
                    body.body(&mut block.block);
                }
                value => body.visit_expr_mut(value),
            }
        });
        self.in_vthread_closure = in_vthread_closure;
        self.in_frame = in_frame;
        self.frames = frames;
        self.held = held;
        self.returns = returns;
    }
}

/// The parameters as one: itself, `()`, or a tuple.
fn one_parameter(closure: &ExprClosure, span: Span) -> TokenStream {
    let inputs = &closure.inputs;
    match inputs.len() {
        0 => quote_spanned!(span=> (): ()),
        1 => quote!(#inputs),
        _ => {
            let patterns = inputs.iter().map(|input| match input {
                Pat::Type(typed) => typed.pat.to_token_stream(),
                other => other.to_token_stream(),
            });
            let types = inputs.iter().map(|input| match input {
                Pat::Type(typed) => typed.ty.to_token_stream(),
                _ => quote_spanned!(span=> _),
            });
            quote_spanned!(span=> (#(#patterns),*): (#(#types),*))
        }
    }
}

/// Whether a parameter has attributes.
fn has_attributes(input: &Pat) -> bool {
    let first = input.to_token_stream().into_iter().next();
    matches!(first, Some(proc_macro2::TokenTree::Punct(punct)) if punct.as_char() == '#')
}

/// Whether the whole type of a parameter is written.
fn is_typed(input: &Pat) -> bool {
    fn has_hole(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|tree| match tree {
            proc_macro2::TokenTree::Ident(ident) => ident == "_",
            proc_macro2::TokenTree::Punct(punct) => punct.as_char() == '_',
            proc_macro2::TokenTree::Group(group) => has_hole(group.stream()),
            proc_macro2::TokenTree::Literal(_) => false,
        })
    }
    match input {
        Pat::Type(typed) => {
            !matches!(*typed.ty, Type::Infer(_)) && !has_hole(typed.ty.to_token_stream())
        }
        _ => false,
    }
}
