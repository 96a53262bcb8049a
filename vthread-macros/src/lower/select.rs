//! The expansion of `select!`: each branch is an async block of its own, in a list; then a match on
//! the winner, whose arms are the handlers, in the enclosing frame.

use crate::analysis::scopes;
use crate::emit::call::{Extent, body_future, dead_beside, decide, outer, run};
use crate::forms::select::{BranchForm, SelectForm};
use crate::lower::Lowering;
use crate::names::{self, hygienic};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Macro, Pat, PatWild, Token, parse_quote};

/// The parts of the expansion for one branch.
struct Parts {
    before: TokenStream,
    /// Puts the branch before the list so far, which is `__l`.
    link: TokenStream,
    arms: TokenStream,
}

impl Lowering {
    pub(crate) fn select_macro(&mut self, mac: &Macro, is_used: bool) -> Option<TokenStream> {
        let at = mac.path.span();
        let span = hygienic(at);
        let form = SelectForm::parse(mac.tokens.clone(), &mut self.errors)?;
        let (mut before, mut links, mut arms) =
            (TokenStream::new(), Vec::new(), TokenStream::new());
        for (place, branch) in form.branches.into_iter().enumerate() {
            let parts = self.branch_of_select(branch, place, is_used, span);
            before.extend(parts.before);
            links.push(parts.link);
            arms.extend(parts.arms);
        }
        links.reverse();
        let way = match (form.is_biased, form.is_default) {
            (false, false) => names::select(span),
            (true, false) => names::select_biased(span),
            (false, true) => names::select_or_default(span),
            (true, true) => names::select_biased_or_default(span),
        };
        let otherwise = match form.otherwise {
            Some(mut handler) => {
                self.is_used = is_used;
                self.visit_expr_mut(&mut handler);
                quote_spanned!(span=> #handler)
            }
            None => {
                quote_spanned!(span=> ::core::panic!("select!: no branch is left whose value fits its pattern, and there is no `else`"))
            }
        };
        let making = self.making(false);
        let dead = dead_beside(making, span, TokenStream::new());
        let run = run(making, at);
        let no_branch = names::no_branch(span);
        let extent = Extent::of_macro(mac);
        let joined = decide(
            extent,
            run,
            quote_spanned!(span=>
                #arms
                ::core::option::Option::None => #otherwise,
                #[allow(unreachable_patterns)] _ => ::core::unreachable!(),
            ),
        );
        let named = self.names_macro(&mac.path, span);
        let expanded = quote_spanned!(span=> ({
            #named
            #before
            let __l = #no_branch;
            #(#links)*
            #dead
            let __run = unsafe { #way(__l) };
            (#joined)
        }));
        Some(outer(expanded, at))
    }

    fn branch_of_select(
        &mut self,
        form: BranchForm,
        place: usize,
        is_used: bool,
        span: Span,
    ) -> Parts {
        let BranchForm {
            pattern,
            body,
            guard,
            mut handler,
        } = form;
        // Evaluated where it stands: before any branch begins.
        let (guard, branch) = match guard {
            Some(mut guard) => {
                self.visit_expr_mut(&mut guard);
                let guarded = format_ident!("__g{place}", span = span);
                let before = quote_spanned!(span=> let #guarded: bool = #guard;);
                (Some((before, guarded)), names::branch_if(span))
            }
            None => (None, names::branch(span)),
        };
        let (guard, guarded) = guard.unzip();
        let guarded = guarded.into_iter();
        let (body_start, body_at) = (body.span(), hygienic(body.span()));
        let mut block: syn::Block = parse_quote!({ #body });
        let (frame, leaving) = self.leaving(&mut block, true, span);
        let exits = self.exit_arms(&frame.exits, span);
        let at = |pattern: &TokenStream| {
            let (or_a, or_b) = (names::or_a(span), names::or_b(span));
            let mut nested = quote_spanned!(span=> #or_a(#pattern));
            for _ in 0..place {
                nested = quote_spanned!(span=> #or_b(#nested));
            }
            quote_spanned!(span=> ::core::option::Option::Some(#nested))
        };
        let left = self.left_arm(at(&leaving.left), &frame, span);
        self.scopes.open();
        self.scopes.bind_pattern(&pattern);
        self.is_used = is_used;
        self.visit_expr_mut(&mut handler);
        self.scopes.close();

        let value = |pattern: TokenStream| replace_value(leaving.value.clone(), &pattern);
        let won = at(&value(quote!(#pattern)));
        let out = at(&leaving.out);
        let fits = without_bindings(pattern.clone());
        let accepted = value(quote!(#fits));
        let any_value = value(quote_spanned!(span=> _));
        let (pin, end, body) = (&leaving.pin, &leaving.end, &leaving.body);
        let future_of_body = body_future(
            body_start,
            TokenStream::new(),
            quote_spanned!(body_at=> #pin let __v = #block; #end),
        );
        Parts {
            before: leaving
                .before
                .clone()
                .into_iter()
                .chain(guard.into_iter().flatten())
                .collect(),
            link: quote_spanned!(body_at=>
                let __b = #future_of_body;
                let __l = unsafe { #branch(#(#guarded,)* #body, |__r| {
                    #[allow(unreachable_patterns)]
                    match *__r { #accepted => true, #any_value => false, _ => true }
                }, __l) };
            ),
            arms: quote_spanned!(span=>
                #won => #handler,
                #left
                #out => match __x { #exits },
            ),
        }
    }
}

/// The pattern of a normal end, with another pattern in place of `__v`.
fn replace_value(tokens: TokenStream, pattern: &TokenStream) -> TokenStream {
    use proc_macro2::{Group, TokenTree};
    tokens
        .into_iter()
        .flat_map(|tree| match tree {
            TokenTree::Ident(ident) if ident == "__v" => pattern.clone(),
            TokenTree::Group(group) => {
                let mut replaced =
                    Group::new(group.delimiter(), replace_value(group.stream(), pattern));
                replaced.set_span(group.span());
                TokenTree::Group(replaced).into()
            }
            other => other.into(),
        })
        .collect()
}

/// The pattern as a test: its variables become `_`, so that nothing moves.
fn without_bindings(mut pattern: Pat) -> Pat {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_pat_mut(&mut self, pattern: &mut Pat) {
            if let Pat::Ident(ident) = pattern {
                if !scopes::is_variable(ident) {
                    return;
                }
                *pattern = match ident.subpat.take() {
                    Some((_, inner)) => *inner,
                    None => Pat::Wild(PatWild {
                        attrs: Vec::new(),
                        underscore_token: Token![_](ident.ident.span()),
                    }),
                };
            }
            visit_mut::visit_pat_mut(self, pattern);
        }
        fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
            // `Point { x }` becomes `Point { x: _ }`.
            field.colon_token.get_or_insert_with(Default::default);
            self.visit_pat_mut(&mut field.pat);
        }
    }
    Strip.visit_pat_mut(&mut pattern);
    pattern
}
