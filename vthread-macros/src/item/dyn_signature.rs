//! The signature of a method of a `#[vthread(dyn)]` trait: the call is boxed and names its borrows.

use super::signature::output;
use crate::names::{self, hygienic, plain_text};
use proc_macro2::Span;
use quote::quote_spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericArgument, Lifetime, ParenthesizedGenericArguments, PathArguments, ReceiverKind,
    ReturnType, Signature, Type, TypeFnPtr, TypeReference, parse_quote, parse_quote_spanned,
};

/// Makes the method return `Call<R, Boxed<'vt, R>>`, where every lifetime of the arguments outlives
/// `'vt`.
pub(crate) fn box_call(sig: &mut Signature) {
    let at = sig.fn_token.span;
    let mut elided = Elided {
        fresh: Vec::new(),
        at,
    };
    let mut of_self = None;
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(receiver) => match &mut receiver.kind {
                ReceiverKind::Reference(_, lifetime, _) => {
                    let named = lifetime.clone().filter(|lifetime| lifetime.ident != "_");
                    let named = named.unwrap_or_else(|| elided.next());
                    *lifetime = Some(named.clone());
                    of_self = Some(named);
                }
                ReceiverKind::Typed(_, ty) => elided.visit_type_mut(ty),
                _ => {}
            },
            FnArg::Typed(argument) => elided.visit_type_mut(&mut argument.ty),
        }
    }
    let declared: Vec<Lifetime> = sig
        .generics
        .lifetimes()
        .map(|parameter| parameter.lifetime.clone())
        .collect();
    let all: Vec<Lifetime> = declared.iter().chain(&elided.fresh).cloned().collect();
    let of_output = of_self.or_else(|| all.first().filter(|_| all.len() == 1).cloned());
    if let (Some(lifetime), ReturnType::Type(_, ty)) = (of_output, &mut sig.output) {
        Filled(lifetime).visit_type_mut(ty);
    }
    let span = hygienic(at);
    let (call, boxed, output) = (names::call_type(span), names::boxed(span), output(sig));
    let frame = Lifetime::new("'__vt", at);
    for lifetime in &elided.fresh {
        sig.generics.params.insert(0, parse_quote!(#lifetime));
    }
    sig.generics.params.insert(0, parse_quote!(#frame));
    let types: Vec<_> = sig
        .generics
        .type_params()
        .map(|parameter| parameter.ident.clone())
        .collect();
    let bounds = sig.generics.make_where_clause();
    for lifetime in all {
        bounds.predicates.push(parse_quote!(#lifetime: #frame));
    }
    for ty in types {
        bounds.predicates.push(parse_quote!(#ty: #frame));
    }
    bounds.predicates.push(parse_quote!(Self: #frame));
    sig.output = parse_quote_spanned!(span=> -> #call<#output, #boxed<#frame, #output>>);
}

/// Makes the method return `Call<R, read<'__vt>>`, for the method `read` of `vthread::io`: its
/// borrows last for `'__vt`.
pub(crate) fn io_call(sig: &mut Signature) {
    let at = sig.fn_token.span;
    let span = hygienic(at);
    let frame = Lifetime::new("'__vt", at);
    let mut of_buffers = None;
    let is_vectored =
        ["read_vectored", "write_vectored"].contains(&plain_text(&sig.ident).as_str());
    for input in &mut sig.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                if let ReceiverKind::Reference(_, lifetime, _) = &mut receiver.kind {
                    *lifetime = Some(frame.clone());
                }
            }
            FnArg::Typed(argument) => {
                if let Type::Reference(reference) = &mut *argument.ty {
                    reference.lifetime = Some(frame.clone());
                    if is_vectored {
                        of_buffers = lifetime_of_buffers(&mut reference.elem, at);
                    }
                }
            }
        }
    }
    if let ReturnType::Type(_, ty) = &mut sig.output {
        Filled(frame.clone()).visit_type_mut(ty);
    }
    let (call, frames, output) = (names::call_type(span), names::io_frames(span), output(sig));
    let name = &sig.ident;
    let mut declared = sig.generics.lifetimes();
    let fresh = of_buffers
        .clone()
        .filter(|buffers| declared.all(|parameter| parameter.lifetime != *buffers));
    drop(declared);
    let buffers = of_buffers.into_iter();
    let frame_type = quote_spanned!(span=> #frames::#name<#frame #(, #buffers)*>);
    for lifetime in fresh.into_iter().chain([frame]) {
        sig.generics.params.insert(0, parse_quote!(#lifetime));
    }
    sig.output = parse_quote_spanned!(span=> -> #call<#output, #frame_type>);
}

/// The lifetime of the buffers in `[IoSlice<'_>]`, which gets a name.
fn lifetime_of_buffers(ty: &mut Type, at: Span) -> Option<Lifetime> {
    let Type::Slice(slice) = ty else { return None };
    let Type::Path(path) = &mut *slice.elem else {
        return None;
    };
    let named = Lifetime::new("'__vb", at);
    let arguments = &mut path.path.segments.last_mut()?.arguments;
    if arguments.is_empty() {
        *arguments = PathArguments::AngleBracketed(parse_quote!(<#named>));
        return Some(named);
    }
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    let written = arguments
        .args
        .iter_mut()
        .find_map(|argument| match argument {
            GenericArgument::Lifetime(lifetime) => Some(lifetime),
            _ => None,
        })?;
    if written.ident == "_" {
        *written = named;
    }
    Some(written.clone())
}

/// Names every elided lifetime of the arguments.
struct Elided {
    fresh: Vec<Lifetime>,
    at: Span,
}

impl Elided {
    fn next(&mut self) -> Lifetime {
        let lifetime = Lifetime::new(&format!("'__l{}", self.fresh.len() + 1), self.at);
        self.fresh.push(lifetime.clone());
        lifetime
    }
}

impl VisitMut for Elided {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.next();
        }
    }
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.next());
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }
    // These have lifetimes of their own.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }
}

/// Names every elided lifetime of the output, which is that of `self` or the only one.
struct Filled(Lifetime);

impl VisitMut for Filled {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.0.clone();
        }
    }
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.0.clone());
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {
    }
}
