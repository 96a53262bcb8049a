//! The options of `#[vthread(..)]`.

use crate::errors::Errors;
use crate::known::attributes;
use crate::names::plain_text;
use proc_macro2::{TokenStream, TokenTree};

/// The kind of item that carries the attribute.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum On {
    Function,
    Impl,
    Trait,
    Method,
}

/// The options given.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// The frame is boxed: the way out of mutual recursion.
    pub(crate) boxed: bool,
    /// No companion module: for functions nested in plain functions.
    pub(crate) local: bool,
    /// The trait's calls are boxed, so that `dyn Trait` works.
    pub(crate) dynamic: bool,
    /// The impl does not announce its methods: other methods of the type have the same names.
    pub(crate) unannounced_all: bool,
    /// The impl does not announce these.
    pub(crate) unannounced: Vec<String>,
    /// The frames need not be `Send`.
    pub(crate) not_send: bool,
}

impl Options {
    pub(crate) fn parse(tokens: TokenStream, on: On, errors: &mut Errors) -> Self {
        let mut options = Options::default();
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        for option in
            trees.split(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ','))
        {
            let text: String = option.iter().map(ToString::to_string).collect();
            let known = match (text.as_str(), on) {
                ("", _) => true,
                // Read earlier, by `library`.
                _ if library_in(option).is_some() => true,
                ("boxed", _) => set(&mut options.boxed),
                ("local", On::Function) => set(&mut options.local),
                ("dyn", On::Impl | On::Trait) => set(&mut options.dynamic),
                ("unannounced", On::Impl) => set(&mut options.unannounced_all),
                (_, On::Impl) if text.starts_with("unannounced(") => {
                    options.unannounced = names_in(option);
                    true
                }
                ("?Send", On::Function | On::Impl | On::Trait) => set(&mut options.not_send),
                _ => false,
            };
            if !known {
                let tokens: TokenStream = option.iter().cloned().collect();
                errors.on(tokens, format!("unknown option `{text}`: {}", on.knows()));
            }
        }
        options
    }
}

/// The options of a method: those of its block, and its own.
pub(crate) fn of_method(
    attrs: &mut Vec<syn::Attribute>,
    block: &Options,
    errors: &mut Errors,
) -> Options {
    let mut options = block.clone();
    while let Some(attribute) = attributes::take(attrs) {
        if let syn::Meta::List(list) = attribute.meta {
            options.boxed |= Options::parse(list.tokens, On::Method, errors).boxed;
        }
    }
    options
}

/// The path in `crate = path`.
pub(crate) fn library(tokens: &TokenStream) -> Option<TokenStream> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is_comma =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',');
    trees.split(is_comma).find_map(library_in)
}

fn library_in(option: &[TokenTree]) -> Option<TokenStream> {
    let [TokenTree::Ident(key), TokenTree::Punct(equals), path @ ..] = option else {
        return None;
    };
    let path: TokenStream = path.iter().cloned().collect();
    let is_path = *key == "crate" && equals.as_char() == '=';
    (is_path && syn::parse2::<syn::Path>(path.clone()).is_ok()).then_some(path)
}

/// The names in `unannounced(a, b)`.
fn names_in(option: &[TokenTree]) -> Vec<String> {
    let Some(TokenTree::Group(group)) = option.last() else {
        return Vec::new();
    };
    let idents = group.stream().into_iter().filter_map(|tree| match tree {
        TokenTree::Ident(ident) => Some(plain_text(&ident)),
        _ => None,
    });
    idents.collect()
}

fn set(flag: &mut bool) -> bool {
    *flag = true;
    true
}

impl On {
    fn knows(self) -> &'static str {
        match self {
            On::Function => {
                "`#[vthread]` on a function knows `boxed`, `local`, `?Send` and `crate = path`"
            }
            On::Impl => {
                "`#[vthread]` on an `impl` knows `boxed`, `dyn`, `unannounced`, `unannounced(name)`, `?Send` and `crate = path`"
            }
            On::Method => "`#[vthread]` on a method of a `#[vthread] impl` or trait knows `boxed`",
            On::Trait => "`#[vthread]` on a trait knows `boxed`, `dyn`, `?Send` and `crate = path`",
        }
    }
}
