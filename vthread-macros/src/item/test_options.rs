//! The options of `#[vthread::test(..)]`.

use crate::errors::{self, Errors};
use crate::names;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Lit};

/// The options given.
#[derive(Default)]
pub(crate) struct TestOptions {
    virtual_time: bool,
    /// The one seed.
    seed: Option<Expr>,
    /// How many seeds.
    seeds: Option<Expr>,
}

impl TestOptions {
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = TestOptions::default();
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        for option in
            trees.split(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ','))
        {
            if !option.is_empty() {
                options.take(option, errors);
            }
        }
        if let (Some(_), Some(seeds)) = (&options.seed, &options.seeds) {
            errors.on(seeds, errors::SEED_AND_SEEDS);
        }
        if let Some(none) = options.seeds.as_ref().filter(|seeds| is_zero(seeds)) {
            errors.on(none, errors::NO_SEEDS);
        }
        options
    }

    fn take(&mut self, option: &[TokenTree], errors: &mut Errors) {
        let tokens: TokenStream = option.iter().cloned().collect();
        let text = tokens.to_string();
        let (key, value) = match option {
            [TokenTree::Ident(key)] => (key.to_string(), None),
            [TokenTree::Ident(key), TokenTree::Punct(equals), value @ ..]
                if equals.as_char() == '=' =>
            {
                (
                    key.to_string(),
                    Some(value.iter().cloned().collect::<TokenStream>()),
                )
            }
            _ => return errors.on(tokens, errors::unknown_test_option(&text)),
        };
        match (key.as_str(), value) {
            ("virtual_time", None) => self.virtual_time = true,
            // Read earlier, by `library`.
            ("crate", Some(_)) => {}
            ("seed", Some(value)) if !value.is_empty() => {
                self.seed = expression(value, errors).or(self.seed.take());
            }
            ("seeds", Some(value)) if !value.is_empty() => {
                self.seeds = expression(value, errors).or(self.seeds.take());
            }
            ("seed" | "seeds", _) => errors.on(tokens, errors::seed_without_number(&key)),
            ("virtual_time", Some(_)) => errors.on(tokens, errors::VIRTUAL_TIME_IS_A_WORD),
            _ => errors.on(tokens, errors::unknown_test_option(&text)),
        }
    }

    /// The value that the runtime takes.
    pub(crate) fn emit(&self, span: Span) -> TokenStream {
        let (options, virtual_time) = (names::test_options(span), self.virtual_time);
        let seeds = match (&self.seed, &self.seeds) {
            (Some(seed), _) => quote_spanned!(span=> ::core::option::Option::Some((#seed, 1))),
            (None, Some(seeds)) => quote_spanned!(span=> ::core::option::Option::Some((0, #seeds))),
            (None, None) => quote_spanned!(span=> ::core::option::Option::None),
        };
        quote_spanned!(span=> #options { virtual_time: #virtual_time, seeds: #seeds })
    }
}

fn expression(tokens: TokenStream, errors: &mut Errors) -> Option<Expr> {
    match syn::parse2(tokens) {
        Ok(expression) => Some(expression),
        Err(error) => {
            errors.push(error);
            None
        }
    }
}

fn is_zero(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse::<u64>().is_ok_and(|number| number == 0),
            other => other.to_token_stream().is_empty(),
        },
        _ => false,
    }
}
