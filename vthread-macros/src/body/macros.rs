//! Macros whose arguments are part of the body: std's, and the level macros of `log` and `tracing`.
//! Any other macro is left alone.

use super::Body;
use crate::names::{self, plain_text};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Expr, Macro, Pat, Token, parse_quote};

const KNOWN: &[&str] = &[
    "println",
    "print",
    "eprintln",
    "eprint",
    "format",
    "panic",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "vec",
    "dbg",
    "write",
    "writeln",
    "todo",
    "unimplemented",
    "unreachable",
    "format_args",
    "pin",
    "info",
    "warn",
    "error",
    "debug",
    "trace",
    "bail",
    "ensure",
];

/// The macro's name without its path.
pub(crate) fn name(mac: &Macro) -> String {
    mac.path
        .segments
        .last()
        .map(|last| plain_text(&last.ident))
        .unwrap_or_default()
}

/// The comma-separated arguments of a macro that we know.
pub(crate) fn arguments(mac: &Macro) -> Option<Punctuated<Expr, Token![,]>> {
    if !KNOWN.contains(&name(mac).as_str()) {
        return None;
    }
    mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        .ok()
}

impl Body {
    pub(crate) fn known_macro(&mut self, mac: &mut Macro) {
        self.marks_hidden_return(mac);
        match name(mac).as_str() {
            "matches" => self.matches_macro(mac),
            "vec" if self.vec_repeat(mac) => {}
            _ => self.arguments_macro(mac),
        }
    }

    fn arguments_macro(&mut self, mac: &mut Macro) {
        let Some(mut arguments) = arguments(mac) else {
            return;
        };
        let written: Vec<String> = arguments
            .iter()
            .map(|argument| argument.to_token_stream().to_string())
            .collect();
        for argument in &mut arguments {
            match argument {
                Expr::Assign(named) => self.visit_expr_mut(&mut named.right),
                other => self.visit_expr_mut(other),
            }
        }
        let name = name(mac);
        if matches!(name.as_str(), "assert" | "debug_assert") && arguments.len() == 1 {
            // The message says what the user wrote.
            let message = format!("assertion failed: {}", written[0]);
            arguments.push(parse_quote!("{}"));
            arguments.push(parse_quote!(#message));
        }
        mac.tokens = arguments.to_token_stream();
        if name == "dbg" && arguments.len() == 1 {
            let (argument, text) = (&arguments[0], &written[0]);
            let path = names::dbg_as(crate::names::ours(mac.path.segments[0].ident.span()));
            mac.path = parse_quote!(#path);
            mac.tokens = quote!(#text, #argument);
        }
    }

    /// `matches!(expr, pattern if guard)`
    fn matches_macro(&mut self, mac: &mut Macro) {
        let parsed = mac.parse_body_with(|input: ParseStream<'_>| {
            let expr: Expr = input.parse()?;
            let comma: Token![,] = input.parse()?;
            let pattern = Pat::parse_multi_with_leading_vert(input)?;
            let guard = match input.parse::<Option<Token![if]>>()? {
                Some(token) => Some((token, input.parse::<Expr>()?)),
                None => None,
            };
            let end: Option<Token![,]> = input.parse()?;
            Ok((expr, comma, pattern, guard, end))
        });
        let Ok((mut expr, comma, pattern, guard, end)) = parsed else {
            return;
        };
        self.visit_expr_mut(&mut expr);
        let guard = guard.map(|(token, mut guard)| {
            self.scoped(|body| {
                body.scopes.bind_pattern(&pattern);
                body.visit_expr_mut(&mut guard);
            });
            quote!(#token #guard)
        });
        mac.tokens = quote!(#expr #comma #pattern #guard #end);
    }

    /// `vec![value; n]`
    fn vec_repeat(&mut self, mac: &mut Macro) -> bool {
        let parsed = mac.parse_body_with(|input: ParseStream<'_>| {
            Ok((
                input.parse::<Expr>()?,
                input.parse::<Token![;]>()?,
                input.parse::<Expr>()?,
            ))
        });
        let Ok((mut value, semi, mut n)) = parsed else {
            return false;
        };
        self.visit_expr_mut(&mut value);
        self.visit_expr_mut(&mut n);
        mac.tokens = quote!(#value #semi #n);
        true
    }
}
