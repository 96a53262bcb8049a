//! Announcements: which names suspend on which type, as `impl Suspends<HASH> for T`.
//!
//! An inherent `impl` announces its own methods. An `impl` of a trait does not know the methods
//! that it leaves to their defaults: so the trait emits a macro under its own name, which
//! `use path::Store` imports along with the trait, and the impl invokes it as `path::Store!`.

use super::announced::Announcer;
use super::attributes;
use super::options::Options;
use crate::errors;
use crate::known::is_type_of_std;
use crate::library;
use crate::names::{self, hash, hygienic, plain_text};
use crate::source::{file_of, read};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, GenericArgument, Generics, ImplItemFn, ItemImpl, ItemTrait, Path, PathArguments,
    Token, Type, Visibility, WhereClause, bracketed, parse_quote_spanned,
};

/// A suspending method, with the conditions under which it exists.
pub(crate) struct Method {
    name: Ident,
    conditions: Vec<Attribute>,
}

impl Method {
    pub(crate) fn new(name: &Ident, attrs: &[Attribute]) -> Self {
        Method {
            name: name.clone(),
            conditions: attributes::conditions(attrs),
        }
    }

    fn text(&self) -> String {
        plain_text(&self.name)
    }
}

/// Each name once, whatever its conditions.
fn distinct(methods: &[Method]) -> Vec<&Ident> {
    let mut seen = HashSet::new();
    methods
        .iter()
        .filter(|method| seen.insert(method.text()))
        .map(|method| &method.name)
        .collect()
}

/// A supertrait for each suspending method: it carries the announcement through bounds and `dyn`.
pub(crate) fn as_supertraits(definition: &mut ItemTrait, methods: &[Method]) {
    for method in distinct(methods) {
        let span = hygienic(method.span());
        let (suspends, hash) = (names::suspends(span), hash(&plain_text(method)));
        definition
            .supertraits
            .push(parse_quote_spanned!(span=> #suspends<#hash>));
    }
}

/// The macro of a trait, which its impls invoke.
pub(crate) fn of_trait(
    definition: &ItemTrait,
    methods: &[Method],
    options: &Options,
) -> TokenStream {
    let (name, visibility) = (&definition.ident, &definition.vis);
    let span = hygienic(name.span());
    let unique = unique_name(name);
    let methods = distinct(methods);
    let hashes = methods.iter().map(|method| hash(&plain_text(method)));
    let texts = methods
        .iter()
        .map(|method| Ident::new(&format!("_{}", plain_text(method)), span));
    let form = is_named_as_in_io(name).then(|| {
        quote_spanned!(span=>
            (@method $name:ident {$($plain:tt)*} {$($own:tt)*} {$($io:tt)*}) => { $($own)* };
        )
    });
    let dynamic = options.dynamic.then(|| quote!(dyn));
    let conditions = attributes::conditions(&definition.attrs);
    let exported =
        matches!(visibility, Visibility::Public(_)).then(|| quote_spanned!(span=> #[macro_export]));
    let visibility = match visibility {
        Visibility::Inherited => quote!(),
        other => quote!(#other),
    };
    quote_spanned!(span=>
        #(#conditions)* #[doc(hidden)] #exported #[allow(unused_macros)]
        macro_rules! #unique {
            #form
            ([$($library:tt)*] $($implementation:tt)*) => {
                $($library)*::__gates! { [#(#texts #hashes)*] [#dynamic] [$($library)*] $($implementation)* }
            };
        }
        #(#conditions)* #[doc(hidden)] #[allow(unused_imports)]
        #visibility use #unique as #name;
    )
}

/// Whether a trait of this name may be one of `vthread::io`, perhaps under another name: then its
/// macro chooses the form of each method.
pub(crate) fn is_named_as_in_io(name: &Ident) -> bool {
    let text = plain_text(name);
    names::IO_TRAITS.contains(&text.as_str()) || is_another_name_in_io(name, &text)
}

/// Whether the file imports a trait as `Read as Other`.
fn is_another_name_in_io(name: &Ident, text: &str) -> bool {
    let read = file_of(name.span()).and_then(|file| read(&file));
    let renamed = format!(" as {text}");
    read.is_some_and(|code| {
        let mut imports = code.match_indices(&renamed).map(|(at, _)| &code[..at]);
        imports.any(|before| names::IO_TRAITS.iter().any(|name| before.ends_with(name)))
    })
}

/// A method of an `impl` in all forms that a trait may have; the trait's macro takes one.
pub(crate) fn in_the_form_of(path: &Path, name: &Ident, forms: [&ImplItemFn; 3]) -> TokenStream {
    let path = without_arguments(path);
    let span = hygienic(path.segments[path.segments.len() - 1].ident.span());
    let [plain, own, io] = forms;
    quote_spanned!(span=> #path! { @method #name {#plain} {#own} {#io} })
}

/// Macros that cross crates live in the crate's root, so their names must differ.
fn unique_name(name: &Ident) -> Ident {
    let place = place(name.span());
    let text = plain_text(name);
    let mut unique = format!("__vthread_gates_{text}_{}", hash(&place));
    // A `macro_rules!` macro that is used twice defines two traits at one location.
    match times_made(&unique) {
        0 => {}
        n => unique = format!("{unique}_{n}"),
    }
    Ident::new(&unique, hygienic(name.span()))
}

/// The number of macros of a trait that already have this name.
fn times_made(name: &str) -> usize {
    thread_local! {
        static MADE: RefCell<HashMap<String, usize>> = RefCell::new(HashMap::new());
    }
    MADE.with_borrow_mut(|made| {
        let n = made.entry(name.to_owned()).or_default();
        *n += 1;
        *n - 1
    })
}

/// What an `impl` announces about its own methods, or asks its trait to announce.
pub(crate) fn of_impl(block: &ItemImpl, methods: &[Method], options: &Options) -> TokenStream {
    let Some(ty) = announcing_type(block).filter(|_| !options.unannounced_all) else {
        return TokenStream::new();
    };
    let conditions = attributes::conditions(&block.attrs);
    let bounds = &block.generics.where_clause;
    let generics = &block.generics;
    match &block.trait_ {
        Some((path, _)) => {
            let path = without_arguments(path);
            let span = hygienic(path.segments[path.segments.len() - 1].ident.span());
            // The trait's crate may have another name for the library.
            let library = library::path(span);
            let skipped = options
                .unannounced
                .iter()
                .map(|name| Ident::new(&format!("_{name}"), span));
            let called = names::trait_macro(&path.segments[path.segments.len() - 1].ident);
            let whole = &block.self_ty;
            let dynamic = options.dynamic.then(|| quote!(dyn));
            let name = &path.segments[path.segments.len() - 1].ident;
            quote_spanned!(span=>
                #(#conditions)* const _: () = {
                    #[allow(unused_imports)] use #path as #called;
                    #called! { [#library] [#(#skipped)*] [#generics] [#ty] [#bounds] [#whole] [#name #dynamic] }
                };
            )
        }
        None => {
            let announcer = Announcer::new(generics, ty, bounds.as_ref());
            let announced = methods
                .iter()
                .filter(|method| !options.unannounced.contains(&method.text()))
                .filter(|method| {
                    // What exists under a condition is announced under it.
                    let is_conditional = !(method.conditions.is_empty() && conditions.is_empty());
                    is_conditional || !announcer.has_announced(&hash(&method.text()).to_string())
                });
            let gates = announced.map(|method| {
                let span = hygienic(method.name.span());
                let (suspends, hash) = (names::suspends(span), hash(&method.text()));
                let own = &method.conditions;
                quote_spanned!(span=>
                    #(#conditions)* #(#own)* #[doc(hidden)] #[automatically_derived] #[diagnostic::do_not_recommend]
                    impl #generics #suspends<#hash> for #ty #bounds {}
                )
            });
            quote!(#(#gates)*)
        }
    }
}

fn without_arguments(path: &Path) -> Path {
    let mut path = path.clone();
    for segment in &mut path.segments {
        segment.arguments = PathArguments::None;
    }
    path
}

/// The type that announces the methods of a block. Pointers pass on the announcements of their
/// targets by themselves: a block for `&Target` announces for the target, if that can be one of
/// this crate. It is no harm where the target has other methods, which return no calls.
fn announcing_type(block: &ItemImpl) -> Option<&Type> {
    let mut ty = &*block.self_ty;
    while let Some(target) = target_of(ty, block.trait_.is_some()) {
        ty = target;
    }
    if std::ptr::eq(ty, &*block.self_ty) {
        return Some(ty);
    }
    let Type::Path(path) = ty else { return None };
    let last = plain_text(&path.path.segments.last()?.ident);
    let mut parameters = block.generics.type_params();
    let is_parameter = parameters.any(|parameter| path.path.is_ident(&parameter.ident));
    (path.qself.is_none() && !is_parameter && !is_type_of_std(&last)).then_some(ty)
}

/// The target of a pointer.
fn target_of(ty: &Type, is_of_trait: bool) -> Option<&Type> {
    match ty {
        Type::Reference(reference) => Some(&reference.elem),
        Type::Paren(inner) => target_of(&inner.elem, is_of_trait),
        Type::Group(inner) => target_of(&inner.elem, is_of_trait),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let is_pointer = is_of_trait
                && ["Box", "Arc", "Rc", "Pin"].contains(&plain_text(&last.ident).as_str());
            match &last.arguments {
                PathArguments::AngleBracketed(arguments) if is_pointer => {
                    arguments.args.iter().find_map(|argument| match argument {
                        GenericArgument::Type(target) => Some(target),
                        _ => None,
                    })
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The arguments that a trait's macro passes to [`implement`].
struct Request {
    methods: Vec<(Ident, Literal)>,
    /// Whether the trait is `#[vthread(dyn)]`.
    is_dyn: bool,
    library: TokenStream,
    skipped: Vec<Ident>,
    generics: Generics,
    ty: Type,
    bounds: Option<WhereClause>,
    /// The name of the trait, as the `impl` has it.
    name: Ident,
    /// Whether the `impl` is `#[vthread(dyn)]`.
    is_impl_dyn: bool,
}

impl Parse for Request {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let part = |input: ParseStream<'_>| -> syn::Result<TokenStream> {
            let inside;
            bracketed!(inside in input);
            inside.parse()
        };
        let methods = syn::parse::Parser::parse2(
            |input: ParseStream<'_>| {
                let mut methods = Vec::new();
                while !input.is_empty() {
                    methods.push((input.parse()?, input.parse()?));
                }
                Ok(methods)
            },
            part(input)?,
        )?;
        let is_dyn = !part(input)?.is_empty();
        let library = part(input)?;
        let skipped = syn::parse::Parser::parse2(
            |input: ParseStream<'_>| {
                let mut skipped = Vec::new();
                while !input.is_empty() {
                    skipped.push(input.parse()?);
                }
                Ok(skipped)
            },
            part(input)?,
        )?;
        let (generics, ty) = (syn::parse2(part(input)?)?, syn::parse2(part(input)?)?);
        let bounds = syn::parse2(part(input)?)?;
        // The type with its pointers is for the traits of `vthread::io`.
        part(input)?;
        let (name, is_impl_dyn) = syn::parse::Parser::parse2(
            |input: ParseStream<'_>| {
                let name = input.parse()?;
                Ok((name, input.parse::<Option<Token![dyn]>>()?.is_some()))
            },
            part(input)?,
        )?;
        Ok(Request {
            methods,
            is_dyn,
            library,
            skipped,
            generics,
            ty,
            bounds,
            name,
            is_impl_dyn,
        })
    }
}

/// The announcements that a trait's macro requests.
pub(crate) fn implement(tokens: TokenStream) -> TokenStream {
    let Request {
        methods,
        is_dyn,
        library,
        skipped,
        generics,
        ty,
        bounds,
        name,
        is_impl_dyn,
    } = match syn::parse2(tokens) {
        Ok(request) => request,
        Err(error) => return error.to_compile_error(),
    };
    let span = hygienic(Span::call_site());
    let suspends = library::reached_by(Some(library), || names::suspends(span));
    let announcer = Announcer::new(&generics, &ty, bounds.as_ref());
    let gates = methods
        .iter()
        .filter(|(name, _)| !skipped.contains(name))
        .filter(|(_, hash)| !announcer.has_announced(&hash.to_string()))
        .map(|(_, hash)| quote_spanned!(span=> #[doc(hidden)] #[automatically_derived] #[diagnostic::do_not_recommend] impl #generics #suspends<#hash> for #ty #bounds {}));
    let of_other_form = (is_dyn != is_impl_dyn).then(|| {
        let message = errors::form_of_impl(&plain_text(&name), is_dyn);
        syn::Error::new(name.span(), message).to_compile_error()
    });
    quote!(#of_other_form #(#gates)*)
}

/// The location of a name. Outside of a compiler, as in our own tests, there is none.
fn place(span: Span) -> String {
    if !proc_macro::is_available() {
        return String::new();
    }
    let start = span.unwrap();
    format!("{}:{}:{}", start.file(), start.line(), start.column())
}
