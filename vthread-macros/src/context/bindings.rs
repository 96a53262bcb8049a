//! What stands before the arrow of `bind!`: `NAME = value, ..`.

use crate::body::Body;
use crate::names::{self, ours};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Error, Expr, Result, Token};

/// `NAME = value`
pub(crate) struct Binding {
    /// A path.
    pub(crate) variable: Expr,
    pub(crate) value: Expr,
}

/// One or more of them.
pub(crate) struct Bindings(pub(crate) Vec<Binding>);

impl Parse for Bindings {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let all = Punctuated::<Binding, Token![,]>::parse_terminated(input)?;
        let mut known: Vec<String> = Vec::new();
        for binding in &all {
            let name = binding.variable.to_token_stream().to_string();
            if known.contains(&name) {
                return Err(Error::new_spanned(
                    &binding.variable,
                    format!("`{name}` is bound twice here"),
                ));
            }
            known.push(name);
        }
        if all.is_empty() {
            return Err(input.error("`bind!` binds something: `bind!(NAME = value => { .. })`"));
        }
        Ok(Bindings(all.into_iter().collect()))
    }
}

impl Parse for Binding {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let expr: Expr = input.parse()?;
        match expr {
            Expr::Assign(assign) if matches!(*assign.left, Expr::Path(_)) => Ok(Binding {
                variable: *assign.left,
                value: *assign.right,
            }),
            other => Err(Error::new_spanned(
                other,
                "a binding is written `NAME = value`, where `context_var!` has declared `NAME`",
            )),
        }
    }
}

impl Body {
    /// Evaluates the values, in order and with nothing bound yet, into `__argument`.
    pub(crate) fn new_bindings(&mut self, bindings: &mut Bindings, span: Span) -> TokenStream {
        let here = names::bound_here(span);
        let mut made = quote_spanned!(span=> let __argument = #here(););
        for Binding { variable, value } in &mut bindings.0 {
            self.visit_expr_mut(value);
            let at = ours(variable.span());
            let (bound, context_variable) = (names::bound(span), names::context_variable(at));
            let variable = quote_spanned!(at=> #context_variable(&#variable));
            made.extend(quote_spanned!(span=>
                let __argument = #bound(__argument, #variable, #value);
            ));
        }
        made
    }
}
