//! The expansion of `race!`: a group whose body spawns one child for each item. A child with a
//! value stores it in the finish, which stands beside the group.

use super::control_flow::{BodyScope, JumpScope};
use super::spawn::{End, Options, RoomFor, Target};
use crate::emit::call::{Extent, body_future, dead, dead_beside, decide, outer, run};
use crate::forms::race::RaceForm;
use crate::lower::Lowering;
use crate::names::{self, hygienic};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Macro;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;

impl Lowering {
    pub(crate) fn race_macro(&mut self, mac: &Macro, is_used: bool) -> Option<TokenStream> {
        let at = mac.path.span();
        let span = hygienic(at);
        let mut form = RaceForm::parse(mac.tokens.clone(), at, &mut self.errors)?;
        self.visit_expr_mut(&mut form.collection);
        let options = self.race_options(&mut form, at);
        let finish = self.fresh("finish", span);
        let (group, inner) = (self.fresh("group", span), self.fresh("this_group", span));
        let handle = self.fresh_shown("the_group", span);
        let runner = self.runner(&form, &handle, &finish, at);

        let (owner, group_type) = (names::owner(span), names::group_type(span));
        let new = names::owner(at);
        let arguments = names::called_at(at, quote_spanned!(span=> __options));
        let race_finish = names::race_finish(span);
        let error_type = match &form.error {
            Some(ty) => quote!(#ty),
            None => quote!(_),
        };
        let typed_at = form.error.as_ref().map_or(span, |ty| hygienic(ty.span()));
        let error_is_send = names::error_is_send(typed_at);
        let pin_send = dead(
            typed_at,
            quote_spanned!(typed_at=> #error_is_send(&#group);),
        );
        let making = self.making(false);
        let dead = dead_beside(making, span, TokenStream::new());
        let run = run(making, at);
        let otherwise = match &mut form.otherwise {
            Some(handler) => {
                self.is_used = is_used;
                self.visit_expr_mut(handler);
                quote_spanned!(span=> #handler)
            }
            None => {
                quote_spanned!(span=> ::core::panic!("race!: there is nothing to run, and no `else`"))
            }
        };
        let extent = Extent::of_macro(mac);
        let joined = decide(
            extent,
            run,
            quote_spanned!(span=>
                ::core::option::Option::Some(__r) => __r,
                ::core::option::Option::None => #otherwise,
            ),
        );
        let named = self.names_macro(&mac.path, span);
        let (pattern, collection) = (&form.pattern, &form.collection);
        // A `match`, so that temporaries of the collection live as long as the runners.
        let iterator = quote_spanned!(span=> ::core::iter::IntoIterator::into_iter(#collection));
        let future_of_body = body_future(
            at,
            TokenStream::new(),
            quote_spanned!(span=> let #inner = #inner;
                let #handle = &#inner;
                for #pattern in __iter {
                    #runner
                }
                ::core::result::Result::Ok(())),
        );
        let raced = quote_spanned!(span=> __iter => {
            #named
            let __options = #options;
            let #finish = #race_finish::new();
            let __o = unsafe { #new::<#error_type>::new #arguments };
            let #group = unsafe { #owner::group(&__o) };
            #pin_send
            let #inner = unsafe { #group_type::dup(&#group) };
            let __b = #future_of_body;
            #dead
            let __run = unsafe { #owner::run_race(&__o, #group, &#finish, __b) };
            (#joined)
        });
        let expanded = decide(extent, iterator, raced);
        Some(outer(quote_spanned!(span=> (#expanded)), at))
    }

    fn race_options(&mut self, form: &mut RaceForm, at: Span) -> TokenStream {
        let span = hygienic(at);
        let options = names::group_options(span);
        let built = self.new_options(names::group_options(at), at);
        let built = quote_spanned!(span=> #options::race(#built));
        self.limit_and_name(built, &mut form.max_concurrency, &mut form.name, span)
    }

    /// Starts the child of one item. The variables of the pattern move into it.
    fn runner(
        &mut self,
        form: &RaceForm,
        handle: &proc_macro2::Ident,
        finish: &proc_macro2::Ident,
        at: Span,
    ) -> TokenStream {
        let span = hygienic(at);
        self.scopes.open();
        let depth = self.scopes.depth();
        self.scopes.open();
        self.scopes.bind_pattern(&form.pattern);
        let error = self.fresh("error", span);
        // A `spawn!` in the body goes to the surrounding group.
        let scope = BodyScope::new(error.clone(), error, handle.clone(), depth);
        self.frames.push(JumpScope::Group(BodyScope {
            can_fail: true,
            ..scope
        }));
        let in_frame = std::mem::replace(&mut self.in_frame, true);
        let target = Target {
            handle: handle.clone(),
            can_fail: true,
            is_asked: false,
            end: End::Race {
                finish: finish.clone(),
                is_inferred: form.error.is_none(),
            },
            room: RoomFor::Child,
            depth: Some(depth),
        };
        let options = Options {
            built: self.new_options(names::spawn_options(at), at),
            is_users: false,
        };
        let child = self.child(form.body.clone(), None, &target, options, at);
        self.in_frame = in_frame;
        self.frames.pop();
        self.scopes.close();
        self.scopes.close();
        quote_spanned!(span=> { #child; })
    }
}
