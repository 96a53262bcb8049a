//! The code of a suspending call, and the dead code beside it.

use crate::emit::write::{NOTHING, Written, group, write_spanned};
use crate::names::{self, RuntimePath, called_at, hygienic};
use crate::stacks;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use std::cell::Cell;
use syn::{Expr, Macro, Token};

/// How a suspending call is made.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum CallMode {
    /// Awaited in place, inside the caller's frame.
    Await,
    /// As a segment of the vthread: direct recursion.
    Segment,
    /// Blocking: in a closure, which is plain code.
    Block,
}

/// The future of a body that stands at the user's `at`. It has the user's span: rustc's errors do
/// not name variables that are captured in the macro of another crate.
pub(crate) fn body_future(at: Span, moves: impl ToTokens, inside: TokenStream) -> TokenStream {
    let frame = quote_spanned!(hygienic(at)=> '__frame: { #inside });
    let mut braces = Group::new(Delimiter::Brace, frame);
    braces.set_span(at);
    let token = Token![async](at);
    quote!(#token #moves #braces)
}

/// A statement that is type-checked and never runs: no borrow, no move, no recursion cycle.
pub(crate) fn dead(span: Span, code: impl ToTokens) -> impl ToTokens {
    Written(move |to: &mut TokenStream| {
        write_spanned!(to, span=> #[allow(unreachable_code)] '__l: { break '__l; #code });
    })
}

/// Stands beside each generated `.await`: it does not compile (E0767) in an async block or closure
/// of the user's, so that no frame can become part of a future that the user holds.
pub(crate) fn in_place(span: Span) -> impl ToTokens {
    Written(move |to: &mut TokenStream| write_spanned!(to, span=> break '__frame break '__l;))
}

/// Where the place of a call is checked, as `in_place` does.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    /// Beside the call itself.
    Checked,
    /// Beside an enclosing call, in the same expression. The code that a `break '__frame` leaves
    /// grows with each call of a chain, and rustc would check all of it for each call.
    CheckedAround,
}

/// The first statement of dead code beside a call that may be awaited: leaves it, and checks the
/// place as `in_place` does.
pub(crate) fn leave(making: CallMode, span: Span, value: impl ToTokens) -> impl ToTokens {
    Written(move |to: &mut TokenStream| match making {
        CallMode::Await | CallMode::Segment => {
            write_spanned!(to, span=> break '__frame break '__l #value;);
        }
        CallMode::Block => write_spanned!(to, span=> break '__l #value;),
    })
}

/// `dead` beside a call that is made in this mode.
pub(crate) fn dead_beside(making: CallMode, span: Span, code: impl ToTokens) -> impl ToTokens {
    let dead = dead_in_arm(making, span, code);
    Written(move |to: &mut TokenStream| {
        write_spanned!(to, span=> #[allow(unreachable_code)] #dead);
    })
}

/// The same in an arm that allows code which never runs.
pub(crate) fn dead_in_arm(making: CallMode, span: Span, code: impl ToTokens) -> impl ToTokens {
    let leave = leave(making, span, NOTHING);
    Written(move |to: &mut TokenStream| write_spanned!(to, span=> '__l: { #leave #code }))
}

/// The answer to a question, determined in dead code.
pub(crate) fn answer(question: impl ToTokens, span: Span) -> impl ToTokens {
    let chosen = names::chosen_answer(span);
    Written(move |to: &mut TokenStream| {
        write_spanned!(to, span=> '__l: { break '__l #chosen(); #question[()] });
    })
}

/// The answer of a probe, determined in dead code: `tag` has the types.
pub(crate) fn found(
    making: CallMode,
    place: Place,
    span: Span,
    tag: impl ToTokens,
    warning: Option<TokenStream>,
    which: impl ToTokens,
) -> impl ToTokens {
    let chosen = names::chosen(span);
    let making = match place {
        Place::Checked => making,
        Place::CheckedAround => CallMode::Block,
    };
    let value = Written(move |to: &mut TokenStream| write_spanned!(to, span=> #chosen()));
    let leave = leave(making, span, value);
    Written(move |to: &mut TokenStream| {
        write_spanned!(to, span=> let __k = '__l: { #leave let __t = #tag; #warning #which };);
    })
}

/// The two ways to make the call, with the answer in `__k` and the result of the call in `__x`.
/// `arguments` is where the user's parentheses are: what rustc suggests after the value stands
/// after these.
pub(crate) fn ways(making: CallMode, at: Span, arguments: Span) -> impl ToTokens {
    let span = hygienic(at);
    let frame = Written(move |to: &mut TokenStream| match making {
        CallMode::Segment => {
            let segment = names::segment(span);
            write_spanned!(to, span=> unsafe { #segment(__k.frame(__x)) });
        }
        _ => write_spanned!(to, span=> unsafe { __k.frame(__x) }),
    });
    let awaited = (making != CallMode::Block).then(|| awaited(frame, at));
    let value = Ident::new("__x", hygienic(arguments));
    let value = called_at(hygienic(arguments), value.into_token_stream());
    Written(move |to: &mut TokenStream| {
        let blocked = awaited.is_none().then(|| {
            // A blocking call remembers its caller, which is the user's own code.
            let (probe, call) = (quote_spanned!(span=> __k), quote_spanned!(span=> __x));
            quote_spanned!(at=> #probe.block(#call))
        });
        write_spanned!(to, span=> if __k.is_plain { __k.plain #value } else { #awaited #blocked });
    })
}

/// The arm in which the kind of the call is found, and the call made.
pub(crate) fn arm(
    span: Span,
    found: impl ToTokens,
    held: TokenStream,
    ways: impl ToTokens,
) -> impl ToTokens {
    let held = (!held.is_empty()).then_some(held);
    Written(move |to: &mut TokenStream| {
        write_spanned!(to, span=> #[allow(unreachable_code)] __x => { #found #held #ways });
    })
}

/// The value of a call, for an editor.
pub(crate) fn shown_value(call: &impl ToTokens, at: Span) -> Expr {
    let value = Ident::new("__vthread_value", hygienic(at));
    Expr::Verbatim(quote_spanned!(hygienic(at)=> (#call).#value()))
}

/// A call whose result is known to be a `Call`. `held` warns about guards that live across it.
pub(crate) fn known_call(
    call: impl ToTokens,
    making: CallMode,
    at: Span,
    extent: Extent,
    held: impl ToTokens,
) -> TokenStream {
    let span = hygienic(at);
    let dead = dead_in_arm(making, span, NOTHING);
    let future = Written(move |to: &mut TokenStream| write_spanned!(to, span=> __f));
    let awaited = (making != CallMode::Block).then(|| awaited(future, at));
    let made = Written(move |to: &mut TokenStream| {
        let frame = names::frame(span);
        match making {
            CallMode::Await => {
                write_spanned!(to, span=> let __f = unsafe { #frame(__c) }; #awaited);
            }
            CallMode::Segment => {
                let segment = names::segment(span);
                write_spanned!(to, span=> let __f = unsafe { #segment(#frame(__c)) }; #awaited);
            }
            CallMode::Block => {
                let block = names::block_call(span);
                write_spanned!(to, span=> #block(__c));
            }
        }
    });
    let arms = Written(move |to: &mut TokenStream| {
        write_spanned!(to, span=> #[allow(unreachable_code)] __c => { #dead #held #made });
    });
    decided(extent, call, arms)
}

/// The value of `__run`: awaited in place, or by blocking.
pub(crate) fn run(making: CallMode, at: Span) -> TokenStream {
    match making {
        CallMode::Block => run_group(making, hygienic(at)),
        CallMode::Await | CallMode::Segment => {
            awaited(quote_spanned!(hygienic(at)=> __run), at).into_token_stream()
        }
    }
}

/// The same of a group's: no level of the stack, since a dump shows each group and its place.
pub(crate) fn run_group(making: CallMode, span: Span) -> TokenStream {
    match making {
        CallMode::Block => {
            let block_on = names::block_on(span);
            quote_spanned!(span=> #block_on(__run))
        }
        CallMode::Await | CallMode::Segment => quote_spanned!(span=> __run.await),
    }
}

thread_local! {
    static N_AWAITED: Cell<usize> = const { Cell::new(0) };
}

/// How many calls were awaited so far, so that a body with one is not searched for it.
pub(crate) fn n_awaited() -> usize {
    N_AWAITED.get()
}

/// A future of the library's, awaited in place. Where stacks are kept, its level of the stack has
/// the location of the user's `at`.
pub(crate) fn awaited(future: impl ToTokens, at: Span) -> impl ToTokens {
    N_AWAITED.set(N_AWAITED.get() + 1);
    Written(move |to: &mut TokenStream| match stacks::are_kept() {
        true => on_level(&future, at).to_tokens(to),
        false => {
            let span = hygienic(at);
            write_spanned!(to, span=> #future.await);
        }
    })
}

/// The future stands in the frame itself, and the level refers to it: `task/level.rs` of the
/// runtime says why.
fn on_level(future: &impl ToTokens, at: Span) -> TokenStream {
    let span = hygienic(at);
    let (level, here) = (names::level(span), here(at));
    quote_spanned!(span=> (match #future { mut __f => unsafe { #level(&raw mut __f, || #here) }.await }))
}

/// The function that makes a user's future one to await here, and its arguments.
pub(crate) fn foreign(future: impl ToTokens, at: Span) -> (RuntimePath, TokenStream) {
    let span = hygienic(at);
    match stacks::are_kept() {
        true => {
            let here = here(at);
            let arguments = quote_spanned!(span=> #future, #here);
            (names::await_future_at(span), arguments)
        }
        false => (names::await_future(span), future.into_token_stream()),
    }
}

/// The place of a call, for dumps.
fn here(at: Span) -> TokenStream {
    let span = hygienic(at);
    let (caller, here) = (names::caller(at), names::here(span));
    // With the user's span the location is that of the user's code.
    let arguments = names::called_at(at, TokenStream::new());
    quote_spanned!(span=> { static __HERE: #here = #here::new(#caller #arguments); &__HERE })
}

/// The extent of a call that the user wrote.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) start: Span,
    pub(crate) end: Span,
}

impl Extent {
    /// From the first token of `first` to `end`.
    pub(crate) fn new(first: impl ToTokens, end: Span) -> Self {
        let start = first.to_token_stream().into_iter().next();
        Extent {
            start: start.map_or(end, |tree| tree.span()),
            end,
        }
    }

    /// The extent of a macro's invocation.
    pub(crate) fn of_macro(mac: &Macro) -> Self {
        Extent::new(&mac.path, mac.delimiter.span().close())
    }

    /// From where `first` begins to `end`.
    pub(crate) fn from(first: &Expr, end: Span) -> Self {
        Extent {
            start: start(first),
            end,
        }
    }
}

impl Extent {
    /// The extent of an expression.
    pub(crate) fn of(expr: &Expr) -> Self {
        Extent::from(expr, end(expr))
    }
}

/// The end of an expression, found without printing the tokens of a long chain.
fn end(expr: &Expr) -> Span {
    match expr {
        Expr::MethodCall(call) => call.paren_token.span.close(),
        Expr::Call(call) => call.paren_token.span.close(),
        Expr::Macro(invocation) => invocation.mac.delimiter.span().close(),
        Expr::Await(awaited) => awaited.await_token.span,
        Expr::Try(tried) => tried.question_token.span,
        other => {
            let last = other.to_token_stream().into_iter().last();
            last.map_or_else(Span::call_site, |tree| tree.span())
        }
    }
}

/// The beginning of an expression, found without printing the tokens of a long chain.
fn start(expr: &Expr) -> Span {
    match expr {
        Expr::MethodCall(call) if call.attrs.is_empty() => start(&call.receiver),
        Expr::Field(field) if field.attrs.is_empty() => start(&field.base),
        Expr::Try(tried) if tried.attrs.is_empty() => start(&tried.expr),
        Expr::Index(indexed) if indexed.attrs.is_empty() => start(&indexed.expr),
        Expr::Call(call) if call.attrs.is_empty() => start(&call.func),
        Expr::Path(path) if path.attrs.is_empty() && path.qself.is_none() => {
            let first = &path.path.segments[0].ident;
            let colons = path.path.leading_colon.map(|colons| colons.spans[0]);
            colons.unwrap_or_else(|| first.span())
        }
        Expr::Macro(invocation) if invocation.attrs.is_empty() => {
            let path = &invocation.mac.path;
            let colons = path.leading_colon.map(|colons| colons.spans[0]);
            colons.unwrap_or_else(|| path.segments[0].ident.span())
        }
        other => {
            let first = other.to_token_stream().into_iter().next();
            first.map_or_else(Span::call_site, |tree| tree.span())
        }
    }
}

/// `match scrutinee { arms }` in place of the user's call: lints about unused values point at it.
pub(crate) fn decide(extent: Extent, scrutinee: impl ToTokens, arms: impl ToTokens) -> TokenStream {
    let mut decided = Token![match](extent.start).into_token_stream();
    scrutinee.to_tokens(&mut decided);
    group(&mut decided, Delimiter::Brace, extent.end, |inside| {
        arms.to_tokens(inside);
    });
    decided
}

/// The same in parentheses, which may stand anywhere in an expression of the user's.
pub(crate) fn decided(
    extent: Extent,
    scrutinee: impl ToTokens,
    arms: impl ToTokens,
) -> TokenStream {
    let decided = decide(extent, scrutinee, arms);
    called_at(hygienic(extent.start), decided).into_token_stream()
}

/// The outermost parentheses carry the user's span: `let` chains look at the edition of the end of
/// the scrutinee.
pub(crate) fn outer(tokens: TokenStream, at: Span) -> TokenStream {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    if let Some(TokenTree::Group(last)) = trees.last_mut() {
        let mut spanned = Group::new(last.delimiter(), last.stream());
        spanned.set_span(at);
        *last = spanned;
    }
    trees.into_iter().collect()
}
