//! The expansion of `spawn!`.

use super::body_end::{by_type, child_by_type};
use super::control_flow::{ChildScope, JumpScope};
use super::lost_updates;
use crate::analysis::captures::{free_names, may_use};
use crate::analysis::tail;
use crate::analysis::tail::Tail;
use crate::emit::call::{CallMode, awaited, body_future, dead, dead_beside, outer};
use crate::emit::group_prologue::{kept_group, known_error, this_group};
use crate::emit::write::NOTHING;
use crate::errors;
use crate::forms::form::SpawnForm;
use crate::lower::Lowering;
use crate::names::{self, RuntimePath, hygienic, plain_text};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, Macro, Token};

/// The group of a child.
pub(crate) struct Target {
    pub(crate) handle: Ident,
    pub(crate) can_fail: bool,
    /// Whether that depends on the function's return type.
    pub(crate) is_asked: bool,
    pub(crate) end: End,
    pub(crate) room: RoomFor,
    /// The depth of the scopes whose names move into the child; `None` for a group of another
    /// function, whose children take everything by move.
    pub(crate) depth: Option<usize>,
}

/// What a child waits for before it runs.
#[derive(PartialEq, Eq)]
pub(crate) enum RoomFor {
    /// A place, which the spawner does not hold.
    Child,
    /// A place. The spawner may be a child of the same group, and the group full.
    ChildOfSibling,
    /// Nothing.
    Service,
}

/// The use of a child's result.
pub(crate) enum End {
    /// Its failure is the group's.
    Group,
    /// Its failure is its own: `join()` returns a `Result`.
    Kept,
    /// It is a runner of a race, with this finish. Its error type may be left to inference.
    Race { finish: Ident, is_inferred: bool },
}

/// The options of a child, as code.
pub(crate) struct Options {
    pub(crate) built: TokenStream,
    /// It holds an expression of the user's, and is built where that stands. Else it is built last:
    /// what is built before the spawner waits for a place has to be kept in its frame.
    pub(crate) is_users: bool,
}

/// A name that moves into a child.
struct Capture {
    /// Where it was bound.
    binding: Ident,
    /// Where the child first uses it.
    usage: Ident,
    is_mutable: bool,
}

impl Lowering {
    pub(crate) fn spawn_macro(&mut self, mac: &Macro) -> Option<TokenStream> {
        let at = mac.path.span();
        let span = hygienic(at);
        let (lost, tokens) = lost_updates::take_mark(mac.tokens.clone());
        let mut form = SpawnForm::parse(tokens, at, &mut self.errors)?;
        let mut target = self.target_group(form.handle.as_ref(), at)?;
        if form.service {
            target.room = RoomFor::Service;
        }
        let options = Options {
            is_users: form.name.is_some(),
            built: self.spawn_options(&mut form, at),
        };
        let named = self.names_macro(&mac.path, span);
        let lost = lost.iter().map(changes_its_copy);
        let child = self.child(form.body, form.moves, &target, options, at);
        Some(quote_spanned!(span=> ({ #named #(#lost)* #child })))
    }

    /// Starts a child with this body: statements, and the task as their value.
    pub(crate) fn child(
        &mut self,
        mut body: Block,
        moves: Option<Token![move]>,
        target: &Target,
        options: Options,
        at: Span,
    ) -> TokenStream {
        let span = hygienic(at);
        let moves_all = target.depth.is_none();
        let captures = match (target.depth, &moves) {
            (Some(depth), None) => self.captures(&body, depth),
            _ => Vec::new(),
        };
        let tail_at = hygienic(tail::last_tokens(&body).span());
        let is_inferred = matches!(
            target.end,
            End::Race {
                is_inferred: true,
                ..
            }
        );
        let tail = match is_inferred {
            true => Tail::AsItIs,
            false => tail::prepare(&mut body),
        };
        let error = self.fresh("error", span);
        let asked = target.is_asked.then(|| self.fresh("kind", span));
        let frame = ChildScope {
            can_fail: target.can_fail,
            asked: asked.clone(),
            attempt: None,
            error: error.clone(),
            is_background: false,
            is_inferred: tail == Tail::AsItIs,
            is_runner: matches!(target.end, End::Race { .. }),
            claims: target.can_fail && matches!(target.end, End::Group),
        };
        let attempt = self.child_body(&mut body, frame, tail);
        let kind = asked.as_ref().map(|kind| self.asks(kind, attempt, span));

        let handle = &target.handle;
        let inner = this_group(span);
        let (group_type, spawn) = (names::group_type(span), names::spawn(at));
        let room = match target.room {
            RoomFor::Service => names::no_permit(span),
            RoomFor::Child | RoomFor::ChildOfSibling => names::acquire_permit(span),
        };
        let permit = self.awaited(quote_spanned!(span=> __room), at);
        let arguments = quote_spanned!(span=> __g, __permit, __options, __f);
        let arguments = names::called_at(at, arguments);
        let spawned = quote_spanned!(span=> unsafe { #spawn #arguments });
        let spawned = match target.room {
            RoomFor::ChildOfSibling => self.regain_after(spawned, at),
            RoomFor::Child | RoomFor::Service => spawned,
        };
        let dead = self.dead_for_await(span);
        // The handle from another function may be an owned one, which dereferences to the group.
        let group = match target.depth {
            Some(_) => quote_spanned!(span=> #handle),
            None => quote_spanned!(handle.span()=> &*#handle),
        };
        let moves = match (&moves, moves_all) {
            (Some(token), _) => quote!(#token),
            (None, true) => quote_spanned!(span=> move),
            (None, false) => TokenStream::new(),
        };
        let (outside, inside) = move_names(&captures, span);
        let (group_outside, group_inside) = match may_use(&body, handle) {
            true => kept_group(handle, &inner, &error, span),
            false => known_error(&error, span),
        };
        let end = end(
            &body,
            tail,
            &error,
            target.can_fail,
            asked.as_ref(),
            tail_at,
        );
        let at_end = match &target.end {
            End::Group => TokenStream::new(),
            // A kept failure is the child's value.
            End::Kept => quote_spanned!(span=>
                let __f = async move { ::core::result::Result::Ok(__f.await) };
            ),
            End::Race { finish, .. } => {
                let runs = names::race_runs(span);
                quote_spanned!(span=>
                    let __finish = &#finish;
                    let __f = unsafe { #runs(__finish, #group_type::dup(__g), __f) };
                )
            }
        };
        let future_of_body = body_future(
            at,
            moves,
            quote_spanned!(span=> #group_inside
                #inside
                #kind
                #end),
        );
        let built = options.built;
        let built = quote_spanned!(span=> let __options = #built;);
        let (first, last) = match options.is_users {
            true => (built, TokenStream::new()),
            false => (TokenStream::new(), built),
        };
        quote_spanned!(span=>
            #first
            let __g: &#group_type<'_, _> = #group;
            let __room = unsafe { #room(__g) };
            #dead
            let __permit = #permit;
            #outside
            #group_outside
            let __f = #future_of_body;
            #at_end
            #last
            #spawned
        )
    }

    /// A generated future, awaited in place or blocked on.
    fn awaited(&self, future: TokenStream, at: Span) -> TokenStream {
        let span = hygienic(at);
        let block_on = names::block_on(span);
        match self.making(false) {
            CallMode::Block => quote_spanned!(span=> #block_on(#future)),
            _ => awaited(future, at).into_token_stream(),
        }
    }

    fn dead_for_await(&self, span: Span) -> TokenStream {
        dead_beside(self.making(false), span, NOTHING).into_token_stream()
    }

    /// Waits for the place that the spawner has given to the child.
    fn regain_after(&self, spawned: TokenStream, at: Span) -> TokenStream {
        let span = hygienic(at);
        let (regain, dead) = (names::reacquire_permit(span), self.dead_for_await(span));
        let regained = self.awaited(quote_spanned!(span=> __regain), at);
        quote_spanned!(span=>
            let __task = #spawned;
            let __regain = unsafe { #regain(__g) };
            #dead
            #regained;
            __task
        )
    }

    /// `Options::new()` records its caller: it needs the user's span, or it would record the
    /// attribute.
    pub(crate) fn new_options(&self, options: RuntimePath, at: Span) -> TokenStream {
        quote_spanned!(at=> #options::new())
    }

    fn spawn_options(&mut self, form: &mut SpawnForm, at: Span) -> TokenStream {
        let span = hygienic(at);
        let options = names::spawn_options(span);
        let mut built = self.named_options(&mut form.name, at);
        if form.service {
            built = quote_spanned!(span=> #options::service(#built));
        }
        built
    }

    /// The options of a child, including its name.
    pub(crate) fn named_options(&mut self, name: &mut Option<Expr>, at: Span) -> TokenStream {
        let span = hygienic(at);
        let options = names::spawn_options(span);
        let built = self.new_options(names::spawn_options(at), at);
        match name {
            Some(name) => {
                self.visit_expr_mut(name);
                quote_spanned!(span=> #options::name(#built, #name))
            }
            None => built,
        }
    }

    /// The innermost group of this function, the one whose handle has that name, or the group that
    /// the function received.
    fn target_group(&mut self, handle: Option<&Ident>, at: Span) -> Option<Target> {
        let mut is_in_child = false;
        for frame in self.frames.iter().rev() {
            let group = match frame {
                JumpScope::Group(group) => group,
                JumpScope::Child(child) if child.is_background => break,
                JumpScope::Child(_) => {
                    is_in_child = true;
                    continue;
                }
                _ => continue,
            };
            if !group.is_group {
                continue;
            }
            let is_it =
                handle.is_none_or(|handle| group.name.as_deref() == Some(&plain_text(handle)));
            if is_it {
                let handle = handle.unwrap_or(&group.handle).clone();
                return Some(Target {
                    handle,
                    can_fail: group.can_fail || group.asked.is_some(),
                    is_asked: group.asked.is_some(),
                    end: match group.keeps {
                        true => End::Kept,
                        false => End::Group,
                    },
                    room: match is_in_child && group.is_limited {
                        true => RoomFor::ChildOfSibling,
                        false => RoomFor::Child,
                    },
                    depth: Some(group.depth),
                });
            }
        }
        match handle {
            Some(handle) => Some(Target {
                handle: handle.clone(),
                can_fail: true,
                is_asked: false,
                end: End::Group,
                room: RoomFor::ChildOfSibling,
                depth: None,
            }),
            None => {
                self.errors.at(at, errors::SPAWN_NEEDS_GROUP);
                None
            }
        }
    }

    /// The captures that move into the child: variables bound inside the group's body.
    fn captures(&self, body: &Block, depth: usize) -> Vec<Capture> {
        let is_captured = |name: &str| self.scopes.variable_bound_within(name, depth).is_some();
        free_names(body, &is_captured)
            .into_iter()
            .filter_map(|(name, used_at)| {
                let (is_mutable, bound_at) = self.scopes.variable_bound_within(&name, depth)?;
                // The user's spans, or rustc would suggest `mut spawn!`.
                let usage = names::ident(&name, used_at.resolved_at(bound_at));
                Some(Capture {
                    binding: names::ident(&name, bound_at),
                    usage,
                    is_mutable,
                })
            })
            .collect()
    }

    /// Rewrites the body of a child in place, and returns where it would fail by `?`.
    pub(crate) fn child_body(
        &mut self,
        body: &mut Block,
        frame: ChildScope,
        tail: Tail,
    ) -> Option<Span> {
        self.scopes.open();
        lost_updates::mark(body);
        self.frames.push(JumpScope::Child(frame));
        self.is_used =
            tail != Tail::Value || matches!(body.stmts.last(), Some(syn::Stmt::Expr(_, None)));
        let in_frame = std::mem::replace(&mut self.in_frame, true);
        self.body(body);
        self.in_frame = in_frame;
        let frame = self.frames.pop();
        self.scopes.close();
        match frame {
            Some(JumpScope::Child(child)) => child.attempt,
            _ => None,
        }
    }
}

/// The end of the child's async block.
pub(crate) fn end(
    body: &Block,
    tail: Tail,
    error: &Ident,
    can_fail: bool,
    asked: Option<&Ident>,
    span: Span,
) -> TokenStream {
    match tail {
        Tail::Leaves | Tail::AsItIs => quote_spanned!(span=> #body),
        Tail::Value => {
            let unit = tail::unit(body, span);
            quote_spanned!(span=> let __v #unit = #body; #[allow(unreachable_code)] ::core::result::Result::Ok(__v))
        }
        Tail::ByType => {
            let value = quote_spanned!(span=> __v);
            let finished = match asked {
                Some(kind) => child_by_type(value, kind, span),
                None => by_type(value, error, can_fail, span),
            };
            let finished = outer(finished, span);
            quote_spanned!(span=> let __v = #body; #[allow(unreachable_code)] #finished)
        }
    }
}

/// Dead code that refuses a `Copy` variable that the child changes and that is used again
/// afterwards.
fn changes_its_copy(name: &Ident) -> TokenStream {
    let span = hygienic(name.span());
    let changed = names::changed(span);
    dead(span, quote_spanned!(span=> #changed(&#name)[()].check();)).into_token_stream()
}

/// One `Move` outside and one `take` inside for each name: a use by value of a `Copy` name alone
/// would be captured by reference.
fn move_names(captures: &[Capture], span: Span) -> (TokenStream, TokenStream) {
    let (moved, take) = (names::moved(span), names::take(span));
    let mut outside = TokenStream::new();
    let mut inside = TokenStream::new();
    for Capture {
        binding,
        is_mutable,
        ..
    } in captures
    {
        if *is_mutable {
            // The outer `mut` counts as used when the child uses it.
            outside.extend(quote_spanned!(span=> if false { let _ = &mut #binding; }));
        }
    }
    for Capture {
        binding,
        usage,
        is_mutable,
    } in captures
    {
        let mutable = is_mutable.then(|| quote_spanned!(span=> mut));
        outside.extend(quote_spanned!(span=> let #binding = #moved(#usage);));
        inside.extend(
            quote_spanned!(span=> #[allow(unused_mut)] let #mutable #binding = #take(#binding);),
        );
    }
    (outside, inside)
}
