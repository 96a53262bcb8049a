//! The namespace probe: is there a companion module beside the function that a path names?
//!
//! The plain function is imported as `__vthread_call` outside, and a glob import of the companion
//! module inside shadows it if that module exists.

use super::blocking_calls;
use super::called_macro::instead_of_a_function;
use super::expectation::Expected;
use super::function_call::extent;
use crate::emit::call::{CallMode, Place, arm, dead_in_arm, decide, outer, ways};
use crate::emit::parens;
use crate::emit::write::{NOTHING, Written, write_spanned};
use crate::names::{self, hygienic, plain_text};
use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprCall, Path, PathArguments};

/// What decides how a probe is written.
pub(super) struct Shape {
    pub(super) has_closure: bool,
    /// Whether its path is not checked yet.
    pub(super) is_new: bool,
    pub(super) place: Place,
    pub(super) expected: Option<Expected>,
}

/// The warnings beside a probe.
pub(super) struct Beside {
    pub(super) warning: Option<TokenStream>,
    pub(super) tied: Option<blocking_calls::Tied>,
    pub(super) held: TokenStream,
}

/// The namespace probe. Without closure arguments the callee is chosen in a block of its own and
/// the arguments never see the glob import; with one the callee must be a plain path, or rustc does
/// not deduce the closure's signature.
pub(super) fn probe(
    call: &ExprCall,
    mut path: Path,
    shape: Shape,
    beside: Beside,
    at: Span,
) -> Expr {
    let Shape {
        has_closure,
        is_new,
        place,
        expected,
    } = shape;
    let span = hygienic(at);
    let last = path.segments.last_mut().expect("a path has a segment");
    let called = plain_text(&last.ident);
    let turbofish = match std::mem::replace(&mut last.arguments, PathArguments::None) {
        PathArguments::AngleBracketed(mut arguments) => {
            arguments.colon2_token.get_or_insert_with(Default::default);
            arguments.to_token_stream()
        }
        _ => TokenStream::new(),
    };
    let arguments = &call.args;
    let parenthesized = names::called_at(call.paren_token.span.join(), arguments.to_token_stream());
    let parenthesized = parenthesized.into_token_stream();
    let (inside, outside) = match has_closure {
        true => (parenthesized, TokenStream::new()),
        false => (TokenStream::new(), parenthesized),
    };
    let (none, no_kind) = (names::none(span), names::no_kind(span));
    let module = names::companion_module(span);
    let same = is_new.then(|| same_function(&path, at));
    let Beside {
        warning,
        tied,
        held,
    } = beside;
    let (remembers, tie, warning) = match tied {
        Some(tied) => (tied.remembers, tied.callee, Some(tied.warning)),
        None => (TokenStream::new(), TokenStream::new(), warning),
    };
    let asked = expected.as_ref().map(Expected::asked);
    let making = match place {
        Place::Checked => CallMode::Await,
        Place::CheckedAround => CallMode::Block,
    };
    let has_dead = place == Place::Checked || asked.is_some() || warning.is_some();
    let beside = quote!(#asked #warning);
    let dead = has_dead.then(|| dead_in_arm(making, span, beside));
    let ways = ways(CallMode::Await, at, call.paren_token.span.join());
    let (allowed, quiet) = (allowed(&path, false, span), allowed(&path, true, span));
    // The call begins where the user's does, for `Location::caller` in a plain function.
    let extent = extent(call);
    let chosen = proc_macro2::Ident::new("__vthread_call", extent.start);
    let inside = quote_spanned!(span=>
        use #none as #module;
        #allowed use #path as __vthread_call;
        { #quiet use #path as #module; { use #module::*; #chosen #turbofish #inside } }
    );
    let inside = match instead_of_a_function(&called, call.args.len(), at) {
        Some(instead) => quote_spanned!(span=> #instead { #inside }),
        None => inside,
    };
    let mut block = Group::new(Delimiter::Brace, inside);
    // Messages about the call are about the user's callee. With arguments inside, the block has
    // temporaries, which live longer in one of the macro's edition.
    block.set_span(match has_closure {
        true => span,
        false => extent.start,
    });
    let callee = quote_spanned!(span=> (#block));
    let callee = match tie.is_empty() {
        true => callee,
        false => quote_spanned!(span=> (#tie #callee)),
    };
    let result = match has_closure {
        true => callee,
        false => {
            let callee = outer(callee, extent.start);
            quote!(#callee #outside)
        }
    };
    let kind = Written(|to: &mut TokenStream| {
        write_spanned!(to, span=> let __k = ({
            use #none as #module;
            use #no_kind;
            {
                #quiet use #path as #module;
                { use #module::*; #same __VTHREAD_KIND }
            }
        }););
    });
    let decided = match expected {
        None => decide(
            extent,
            result,
            Written(|to: &mut TokenStream| {
                write_spanned!(to, span=> #[allow(unreachable_code)] __x => { #dead #kind #held #ways });
            }),
        ),
        Some(expected) => {
            let dead = quote_spanned!(span=> #[allow(unreachable_code)] #dead);
            let arms = arm(span, NOTHING, held, ways).into_token_stream();
            expected.of_name(&kind.to_token_stream(), (dead, extent), result, arms)
        }
    };
    let chosen = match remembers.is_empty() {
        true => decided,
        false => quote_spanned!(span=> { #remembers #decided }),
    };
    Expr::Verbatim(parens::parenthesized(chosen))
}

/// Beside the glob import of the companion module: is the path's function the module's own?
///
/// A plain function can shadow only the value of a vthread one, and the module would stay visible.
/// The path and the module's facade are imported under one name, the facade by the glob. rustc
/// refuses a generated import that shadows a glob's in a path of another import (E0659), unless
/// both are the same item. That needs no types: without a companion module, nothing is shadowed.
/// One check is enough for each path of a body, and another one where a block has imports of its
/// own.
fn same_function(path: &Path, at: Span) -> TokenStream {
    let span = hygienic(at);
    let both = names::both_functions(at);
    quote_spanned!(span=>
        #[allow(deprecated)] use #path as #both;
        use #both as _;
    )
}

/// The lints that are allowed on the imports of a path. Each lint costs the user's compiler time,
/// so clippy's is allowed only where clippy checks. The first import reports deprecation.
fn allowed(path: &Path, is_told: bool, span: Span) -> TokenStream {
    let name = path.segments.last().map(|last| plain_text(&last.ident));
    let deprecated = is_told.then(|| quote_spanned!(span=> , deprecated));
    match name.is_some_and(|name| name.to_lowercase().contains("unsafe")) {
        true => {
            quote_spanned!(span=> #[allow(unused_imports, clippy::unsafe_removed_from_name #deprecated)])
        }
        false => quote_spanned!(span=> #[allow(unused_imports #deprecated)]),
    }
}
