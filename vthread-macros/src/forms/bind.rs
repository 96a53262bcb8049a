//! The bindings before the arrow of a `bind!`.

use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Result, Token};

/// `NAME = value`
pub(crate) struct Binding {
    /// A path.
    pub(crate) variable: Expr,
    pub(crate) value: Expr,
}

/// One or more bindings.
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
