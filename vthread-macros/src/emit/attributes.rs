//! The attributes that a user writes on expressions, statements and arguments. They are removed
//! before a rewrite and restored afterwards, in one place, so that no rewrite can forget them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{AttrStyle, Attribute, Expr, MacroDelimiter, Meta, MetaList, Stmt, Token, token};

macro_rules! kinds {
    ($($kind:ident)*) => {
        /// The attributes of an expression, for changes.
        fn of(expr: &mut Expr) -> Option<&mut Vec<Attribute>> {
            match expr {
                $(Expr::$kind(expr) => Some(&mut expr.attrs),)*
                _ => None,
            }
        }

        /// The attributes of an expression.
        fn shown(expr: &Expr) -> &[Attribute] {
            match expr {
                $(Expr::$kind(expr) => &expr.attrs,)*
                _ => &[],
            }
        }

        /// What kind of expression it is.
        #[cfg(test)]
        pub(crate) fn kind(expr: &Expr) -> &'static str {
            match expr {
                $(Expr::$kind(_) => stringify!($kind),)*
                _ => "Verbatim",
            }
        }

        /// Every kind of expression that has attributes.
        #[cfg(test)]
        pub(crate) const KINDS: &[&str] = &[$(stringify!($kind)),*];
    };
}

kinds! {
    Array Assign Async Await Binary Block Break Call Cast Closure Const Continue Field ForLoop Group If Index Infer
    Let Lit Loop Macro Match MethodCall Paren Path Range RawAddr Reference Repeat Return Struct Try TryBlock Tuple
    Unary Unsafe While Yield
}

/// `#[meta]`, which is not parsed: a macro that is not optimised parses slowly.
pub(crate) fn of_meta(meta: Meta) -> Attribute {
    Attribute {
        pound_token: <Token![#]>::default(),
        style: AttrStyle::Outer,
        bracket_token: token::Bracket::default(),
        meta,
    }
}

/// `#[name(contents)]`.
pub(crate) fn list(name: &str, contents: TokenStream) -> Attribute {
    of_meta(Meta::List(MetaList {
        path: Ident::new(name, Span::call_site()).into(),
        delimiter: MacroDelimiter::Paren(token::Paren::default()),
        tokens: contents,
    }))
}

/// Removes the attributes from an expression before it is rewritten.
pub(crate) fn take(expr: &mut Expr) -> Vec<Attribute> {
    of(expr).map(std::mem::take).unwrap_or_default()
}

/// Restores them on the rewritten expression.
pub(crate) fn give(expr: &mut Expr, attrs: Vec<Attribute>) {
    if attrs.is_empty() {
        return;
    }
    match of(expr) {
        Some(own) => own.splice(0..0, attrs).for_each(drop),
        None => {
            let attrs = attrs.into_iter().map(outer);
            *expr = Expr::Verbatim(quote!(#(#attrs)* #expr));
        }
    }
}

/// An attribute before the expression that it belongs to.
fn outer(mut attr: Attribute) -> Attribute {
    attr.style = AttrStyle::Outer;
    attr
}

/// `cfg`, and attributes that may hide one.
pub(crate) fn is_condition(attr: &Attribute) -> bool {
    attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")
}

/// Whether a statement may be compiled out.
pub(crate) fn is_conditional(statement: &Stmt) -> bool {
    let attrs = match statement {
        Stmt::Local(local) => &local.attrs,
        Stmt::Macro(invocation) => &invocation.attrs,
        Stmt::Expr(expr, _) => shown(expr),
        Stmt::Item(_) => return false,
    };
    attrs.iter().any(is_condition)
}

/// The `cfg` conditions among the attributes, as one.
pub(crate) fn condition(attrs: &[Attribute]) -> Option<TokenStream> {
    let conditions = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::List(list) if attr.path().is_ident("cfg") => Some(&list.tokens),
        _ => None,
    });
    let conditions: Vec<_> = conditions.collect();
    (!conditions.is_empty()).then(|| quote!(all(#(#conditions),*)))
}

/// The same with the conditions that `cfg_attr` adds under a condition of its own.
pub(crate) fn whole_condition(attrs: &[Attribute]) -> Option<TokenStream> {
    let conditions: Vec<_> = attrs
        .iter()
        .flat_map(|attr| conditions(&attr.meta))
        .collect();
    match conditions.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        all => Some(quote!(all(#(#all),*))),
    }
}

fn conditions(meta: &Meta) -> Vec<TokenStream> {
    let Meta::List(list) = meta else {
        return Vec::new();
    };
    if list.path.is_ident("cfg") {
        return vec![list.tokens.clone()];
    }
    if !list.path.is_ident("cfg_attr") {
        return Vec::new();
    }
    let parts = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone());
    let Some((when, added)) = parts.as_ref().ok().and_then(|parts| {
        let mut parts = parts.iter();
        Some((parts.next()?, parts))
    }) else {
        return Vec::new();
    };
    let added = added.flat_map(conditions);
    added.map(|added| quote!(any(not(#when), #added))).collect()
}

/// An element of a list with its attributes. If its condition does not hold, `()` takes its
/// place.
pub(crate) fn element(attrs: &[Attribute], value: impl ToTokens) -> TokenStream {
    match condition(attrs) {
        None => quote!(#(#attrs)* #value),
        Some(condition) => quote!(#(#attrs)* #value, #[cfg(not(#condition))] ()),
    }
}

#[cfg(test)]
mod tests {
    use super::{KINDS, kind, take};
    use crate::lower::{Lowering, Returns, Subject};
    use quote::ToTokens;
    use syn::visit_mut::VisitMut;
    use syn::{Expr, parse_quote};

    /// One expression of each kind, with calls in it where possible.
    fn one_of_each() -> Vec<Expr> {
        let group: Expr = Expr::Group(syn::ExprGroup {
            attrs: Vec::new(),
            group_token: Default::default(),
            expr: parse_quote!(f() + 1),
        });
        vec![
            parse_quote!([f(), g()]),
            parse_quote!(a = f()),
            parse_quote!(async { f() }),
            parse_quote!(f().await),
            parse_quote!(f() + g()),
            parse_quote!('a: { f() }),
            parse_quote!(break 'a f()),
            parse_quote!(f(g())),
            parse_quote!(f() as u8),
            parse_quote!(|x| f(x)),
            parse_quote!(const { f() }),
            parse_quote!(continue),
            parse_quote!(f().field),
            parse_quote!('a: for x in f() {
                g(x)
            }),
            group,
            parse_quote!(if f() { g() } else { h() }),
            parse_quote!(a[f()]),
            parse_quote!(_),
            parse_quote!(let Some(x) = f()),
            parse_quote!(1),
            parse_quote!('a: loop {
                f()
            }),
            parse_quote!(println!("{}", f())),
            parse_quote!(match f() {
                _ => g(),
            }),
            parse_quote!(a.get(f())),
            parse_quote!((f())),
            parse_quote!(path),
            parse_quote!(f()..g()),
            parse_quote!(&raw const a),
            parse_quote!(&f()),
            parse_quote!([f(); 2]),
            parse_quote!(return f()),
            parse_quote!(S { a: f() }),
            parse_quote!(f()?),
            parse_quote!(try { f() }),
            parse_quote!((f(), g())),
            parse_quote!(!f()),
            parse_quote!(unsafe { f() }),
            parse_quote!('a: while f() {
                g()
            }),
            parse_quote!(yield f()),
        ]
    }

    /// In a function, and in a group that `break` and `return` have to leave.
    #[test]
    fn t01_every_kind_of_expression_keeps_its_attribute() {
        let all = one_of_each();
        let kinds: Vec<&str> = all.iter().map(kind).collect();
        assert_eq!(kinds, KINDS);
        for expr in all {
            for in_group in [false, true] {
                let mut marked = expr.clone();
                super::give(&mut marked, vec![parse_quote!(#[the_mark])]);
                let mut whole: Expr = match in_group {
                    false => parse_quote!(loop { #marked; }),
                    true => parse_quote!('a: loop {
                        group! { #marked; }
                    }),
                };
                let mut body = Lowering::new(Subject::default(), Returns::default());
                body.visit_expr_mut(&mut whole);
                let rewritten = whole.to_token_stream().to_string();
                let n = rewritten.matches("the_mark").count();
                assert_eq!(n, 1, "{} in {rewritten}", kind(&expr));
            }
        }
    }

    #[test]
    fn what_is_taken_is_given_back() {
        for mut expr in one_of_each() {
            super::give(&mut expr, vec![parse_quote!(#[the_mark])]);
            assert_eq!(take(&mut expr).len(), 1);
            assert!(take(&mut expr).is_empty());
        }
    }
}
