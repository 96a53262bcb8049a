//! The parts of a signature: arguments without patterns, generics as a turbofish, visibilities.

use crate::lower::Lowering;
use crate::names::{self, hygienic, plain_text};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Expr, FnArg, GenericParam, Pat, PatIdent, ReturnType, Signature, Stmt, Token, Type, Visibility,
    token,
};

/// The arguments after the change.
pub(crate) struct Arguments {
    /// Their names, as the facade passes them on.
    pub(crate) names: Vec<Ident>,
    /// Binds the user's patterns, first thing in the frame.
    pub(crate) prologue: TokenStream,
}

/// Replaces the patterns of the arguments by names, and binds the variables in the body's scope.
pub(crate) fn take_patterns(
    inputs: &mut Punctuated<FnArg, Token![,]>,
    body: &mut Lowering,
) -> Arguments {
    let mut arguments = Arguments {
        names: Vec::new(),
        prologue: TokenStream::new(),
    };
    for (n, input) in inputs.iter_mut().enumerate() {
        let FnArg::Typed(argument) = input else {
            continue;
        };
        let attrs = &argument.attrs;
        body.scopes.bind_pattern_under(attrs, &argument.pat);
        let written = body.written_type(&argument.ty);
        body.give_type(&argument.pat, written);
        let pattern = &argument.pat;
        let name = match &**pattern {
            Pat::Ident(ident) if ident.by_ref.is_none() && ident.subpat.is_none() => {
                let name = ident.ident.clone();
                let quiet = says_used(&name);
                let shown = is_shared_reference(&argument.ty).then(|| {
                    let ty = &argument.ty;
                    quote!(: #ty)
                });
                arguments
                    .prologue
                    .extend(quote!(#quiet #(#attrs)* let #pattern #shown = #name;));
                name
            }
            _ => {
                let name = Ident::new(&format!("__arg{n}"), hygienic(pattern.span()));
                arguments
                    .prologue
                    .extend(quote!(let #name = #name; #(#attrs)* let #pattern = #name;));
                name
            }
        };
        let plain = PatIdent {
            attrs: Vec::new(),
            by_ref: None,
            mutability: None,
            ident: name.clone(),
            subpat: None,
        };
        *argument.pat = Pat::Ident(plain);
        arguments.names.push(name);
    }
    arguments
}

/// Where something is changed behind such an argument, rustc suggests a `mut` in its type, and
/// looks for that type at the variable.
fn is_shared_reference(ty: &Type) -> bool {
    matches!(ty, Type::Reference(reference) if reference.mutability.is_none())
        && !crate::lower::mentions_impl(ty)
}

/// The expansion uses an argument whose name (`_x`) says that it is unused.
pub(crate) fn says_used(name: &Ident) -> Option<TokenStream> {
    plain_text(name)
        .starts_with('_')
        .then(|| quote!(#[allow(clippy::used_underscore_binding)]))
}

/// A body between the user's own braces: lints about the whole function (that it is never used) use
/// the position of its end.
pub(crate) fn in_braces(braces: token::Brace, body: TokenStream) -> TokenStream {
    let mut tokens = TokenStream::new();
    braces.surround(&mut tokens, |inside| inside.extend(body));
    tokens
}

/// The statements of a finished block. They are not parsed: in the unoptimised build that a
/// procedural macro usually is, parsing took as long as the rest of the expansion.
pub(crate) fn as_written(body: TokenStream) -> Vec<Stmt> {
    vec![Stmt::Expr(Expr::Verbatim(body), None)]
}

/// The names of type parameters.
pub(crate) fn type_parameters(generics: &syn::Generics) -> impl Iterator<Item = String> + '_ {
    let types = generics.type_params();
    types.map(|parameter| plain_text(&parameter.ident))
}

/// `::<T, N>`, or nothing.
pub(crate) fn turbofish(signature: &Signature) -> TokenStream {
    let arguments: Vec<&Ident> = signature
        .generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    match arguments.is_empty() {
        true => TokenStream::new(),
        false => quote!(::<#(#arguments),*>),
    }
}

/// The return type of a function.
pub(crate) fn output(signature: &Signature) -> TokenStream {
    match &signature.output {
        ReturnType::Default => quote!(()),
        // `Output = !` cannot be written, but a name for it can.
        ReturnType::Type(_, ty) if matches!(**ty, syn::Type::Never(_)) => {
            names::never_type(hygienic(ty.span())).into_token_stream()
        }
        ReturnType::Type(_, ty) => quote!(#ty),
    }
}

/// The reader of a call's type.
#[derive(Clone, Copy)]
pub(crate) enum Shown {
    /// Compilers only.
    Nowhere,
    /// The documentation, which shows the user's own signature.
    AsWritten,
    /// The documentation of a trait or of its `impl`.
    AsCall,
}

/// `-> Call<R, impl Future<Output = R>>`, located at the user's `fn`.
pub(crate) fn call_output(signature: &Signature, is_send: bool, shown: Shown) -> ReturnType {
    let span = hygienic(signature.fn_token.span);
    let call = match shown {
        Shown::Nowhere => names::hidden_call_type(span),
        Shown::AsWritten => names::shown_type(span),
        Shown::AsCall => names::shown_call_type(span),
    };
    let output = match &signature.output {
        ReturnType::Type(_, ty) if matches!(**ty, syn::Type::Never(_)) => quote!(#ty),
        _ => output(signature),
    };
    let arguments = match is_send {
        true => quote_spanned!(span=> #output, Send),
        false => output,
    };
    // The signature ends where the user's does; otherwise lints about the whole of it would point
    // at the attribute.
    let mut arguments = Group::new(Delimiter::Bracket, arguments);
    arguments.set_span(end(signature));
    let call = quote_spanned!(span=> #call! #arguments);
    ReturnType::Type(Token![->](span), Box::new(Type::Verbatim(call)))
}

/// Where a signature ends, up to its return type.
fn end(signature: &Signature) -> Span {
    let last = match &signature.output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => ty.to_token_stream().into_iter().last(),
    };
    last.map_or_else(|| signature.paren_token.span.close(), |tree| tree.span())
}

/// The visibility, one module deeper.
pub(crate) fn from_inside(visibility: &Visibility) -> TokenStream {
    let Visibility::Restricted(restricted) = visibility else {
        return match visibility {
            Visibility::Public(_) => quote!(pub),
            _ => quote!(pub(super)),
        };
    };
    let path = &restricted.path;
    match plain_text(&path.segments[0].ident).as_str() {
        "self" => quote!(pub(super)),
        "super" => quote!(pub(in super::#path)),
        _ => quote!(#visibility),
    }
}
