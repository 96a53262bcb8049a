//! What the rewrite makes grows in proportion to what is written, however deep calls are nested.

use super::{Lowering, Returns, Subject};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, parse_quote};

fn n_tokens(tokens: TokenStream) -> usize {
    let count = |tree: TokenTree| match tree {
        TokenTree::Group(group) => 1 + n_tokens(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(count).sum()
}

/// The tokens that an expression of `n` steps becomes.
fn rewritten(n: usize, first: &Expr, step: fn(&Expr) -> Expr) -> usize {
    let mut expr = (0..n).fold(first.clone(), |expr, _| step(&expr));
    let mut body = Lowering::new(Subject::default(), Returns::default());
    body.visit_expected(&mut expr);
    n_tokens(expr.to_token_stream())
}

#[test]
fn t17_expansions_are_linear() {
    let steps: &[fn(&Expr) -> Expr] = &[
        |chain| parse_quote!(#chain.get(b.get(1))),
        |chain| parse_quote!(#chain.get(f(&[1]))?),
        |inner| parse_quote!(f(#inner)),
        |inner| parse_quote!(f(&#inner)),
        |inner| parse_quote!(a.get(&[#inner])),
        |inner| parse_quote!(T::get(&#inner, g)),
        |inner| parse_quote!(S { field: wrap(Box::new(#inner)) }),
        |inner| parse_quote!(if a.get(&x) { f(&x) } else { #inner }),
    ];
    for (i, step) in steps.iter().enumerate() {
        let counts = [10, 20, 30].map(|n| rewritten(n, &parse_quote!(a.get(0)), *step));
        let growth = [counts[1] - counts[0], counts[2] - counts[1]];
        assert!(
            growth[1] <= growth[0] + growth[0] / 50,
            "step {i}: {counts:?}"
        );
    }
}
