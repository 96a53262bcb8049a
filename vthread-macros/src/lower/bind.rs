//! The bindings before the arrow of `bind!`: `NAME = value, ..`.

use crate::forms::bind::{Binding, Bindings};
use crate::lower::Lowering;
use crate::names::{self, hygienic};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;

impl Lowering {
    /// Evaluates the values into `__argument`, in order and before any of them is bound.
    pub(crate) fn new_bindings(&mut self, bindings: &mut Bindings, span: Span) -> TokenStream {
        let here = names::bound_here(span);
        let mut made = quote_spanned!(span=> let __argument = #here(););
        for Binding { variable, value } in &mut bindings.0 {
            self.visit_expr_mut(value);
            let at = hygienic(variable.span());
            let (bound, context_variable) = (names::bound(span), names::context_variable(at));
            let variable = quote_spanned!(at=> #context_variable(&#variable));
            made.extend(quote_spanned!(span=>
                let __argument = #bound(__argument, #variable, #value);
            ));
        }
        made
    }
}
