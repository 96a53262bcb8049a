//! The names of the runtime in expansions, and the generated names made from the user's.

use crate::library;
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, format_ident};
use syn::Token;

/// A path in a module of the facade. It is written token for token where it is interpolated: a
/// stream would be built, copied and joined by calls of the compiler.
#[derive(Clone, Copy)]
pub(crate) struct RuntimePath {
    segments: &'static [&'static str],
    span: Span,
}

impl ToTokens for RuntimePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        library::write_path(self.span, tokens);
        for segment in self.segments {
            Token![::](self.span).to_tokens(tokens);
            tokens.append(Ident::new(segment, self.span));
        }
    }
}

/// The facade's module with our macros, under the names of `both_macros`.
pub(crate) fn macros(span: Span) -> RuntimePath {
    RuntimePath {
        segments: &["__macros"],
        span,
    }
}

/// The facade's module with std's macros, under the names of `both_std_macros`.
pub(crate) fn std_macros(span: Span) -> RuntimePath {
    RuntimePath {
        segments: &["__std_macros"],
        span,
    }
}

macro_rules! names {
    ($($name:ident = $($segment:ident)::+;)*) => {
        $(pub(crate) fn $name(span: Span) -> RuntimePath {
            RuntimePath {
                segments: &["__rt", $(stringify!($segment)),+],
                span,
            }
        })*
    };
}

names! {
    call_type = Call;
    call = call;
    block_call = Call::block;
    io_frames = io_frames;
    io_call = io_call;
    frame = frame;
    hidden_call_type = call_type;
    shown_type = shown_type;
    shown_call_type = shown_call_type;
    boxed = Boxed;
    blocking = blocking;
    same = blocking::Same;
    blocking_of = blocking::of;
    blocking_of_module = blocking::of_module;
    suspension = blocking::Suspension;
    block_on = block_on;
    await_future = await_future;
    await_future_at = await_future_at;
    in_span = in_span;
    segment = segment;
    level = level;
    caller = Location::caller;
    here = Here;
    suspends = Suspends;
    kind = __VTHREAD_KIND;
    in_frame = in_frame;
    none = none;
    no = no;
    no_kind = no::__VTHREAD_KIND;
    found_by_a_glob = FoundByAGlob;
    functions = functions;
    loop_head = head;
    loop_steps = steps;
    closure_tag = closure_tag;
    closure_any = closure_any;
    closure_code = closure_code;
    closure = closure;
    returned = returned;
    any = any;
    probe_tag = in_frame::__vt_tag;
    is_own_method = is_own_method;
    unsuspending = unsuspending;
    never_type = Never;
    absurd = absurd;
    dbg_as = dbg_as;
    error_is_send = error_is_send;
    chosen_answer = chosen;
    tail = Tail::new;
    tail_ask = Tail::ask;
    tail_split = split;
    fails = fails;
    attempt = Attempt::ask;
    ending = Ending::ask;
    claim = claim;
    claim_failure = claim_failure;
    claimed = claimed;
    failing = failing;
    ctl_val = Ctl::Val;
    ctl_out = Ctl::Out;
    or_a = Or::A;
    or_b = Or::B;
    moved = Move;
    changed = changed;
    take = Move::take;
    no_error = NoError;
    infallible_done = Infallible::Done;
    infallible_return = Infallible::Return;
    slot_new = Slot::new;
    slot_done = Slot::done;
    group_options = GroupOptions;
    spawn_options = SpawnOptions;
    owner = Owner;
    set_error_format = Owner::set_error_format;
    error_format = error_format;
    group_type = Group;
    until_done = until_done;
    context_var = ContextVar;
    context_variable = context_variable;
    bound_here = bound_here;
    bound = bound;
    bind = bind;
    timeout = timeout;
    end_of_time = end_of_time;
    select = select;
    select_biased = select_biased;
    select_or_default = select_or_default;
    select_biased_or_default = select_biased_or_default;
    branch = branch;
    branch_if = branch_if;
    no_branch = NoBranch;
    shield = shield;
    catch_unwind = catch_unwind;
    defer = defer;
    finish = finish;
    error_unknown = error_unknown;
    return_type = return_type;
    group_fails_as = group_fails_as;
    child_may_fail = child_may_fail;
    child_fails = child_fails;
    error_value = error_value;
    acquire_permit = acquire_permit;
    no_permit = no_permit;
    race_finish = RaceFinish;
    race_runs = race_runs;
    reacquire_permit = reacquire_permit;
    spawn = spawn;
    background = background;
    background_error = background_error;
    main = run_main;
    main_ended = MainEnded::ask;
    main_status = status;
    run_test = run_test;
    test_options = TestOptions;
}

/// Names that each frame has in scope, through the glob import of `in_frame`. The parts of every
/// probe are single tokens, because each token costs the user's compiler.
///
/// A companion is called `__vthread_` and the name of the user's function: these begin otherwise.
macro_rules! names_in_frames {
    ($($name:ident = $ident:literal;)*) => {
        $(pub(crate) fn $name(span: Span) -> Ident {
            Ident::new($ident, span)
        })*
    };
}

names_in_frames! {
    chosen = "__vt_chosen";
    tag = "__vt_tag";
    tag_of_raw = "__vt_tag_of_raw";
    tag_of_value = "__vt_tag_of_value";
    tag_of_result = "__vt_tag_of_result";
    io = "__vt_io";
    ty = "__vt_ty";
}

/// The traits of `vthread::io`. Their macros decide whether an implementation boxes its calls.
pub(crate) const IO_TRAITS: &[&str] = &["Read", "Write", "BufRead", "Seek"];

/// The methods of the traits of `vthread::io`: probed one level deeper.
pub(crate) const IO_METHODS: &[&str] = &[
    "read",
    "read_exact",
    "read_to_end",
    "read_to_string",
    "read_vectored",
    "write",
    "write_all",
    "write_vectored",
    "write_fmt",
    "flush",
    "read_line",
    "read_until",
    "fill_buf",
    "skip_until",
    "seek",
    "rewind",
    "stream_position",
    "seek_relative",
];

/// The hidden companion of the function `name`. Its span is hygienic, so that lints name only the
/// facade.
pub(crate) fn companion(name: &Ident) -> Ident {
    format_ident!(
        "__vthread_{}",
        plain_text(name),
        span = hygienic(name.span())
    )
}

/// The name under which a probe imports the module beside a function. A type may stand there, as of
/// `point(1, 2)`; rustc's error shows the name.
pub(crate) fn companion_module(at: Span) -> Ident {
    Ident::new("a_type_needs_a_capital", at)
}

/// The name that a vthread function and a plain one must not share; rustc's error shows it.
pub(crate) fn both_functions(at: Span) -> Ident {
    Ident::new("a_vthread_fn_and_a_plain_fn_of_this_name", hygienic(at))
}

/// The name that a macro of ours and another one must not share, as above. `vthread::__macros`
/// spells it too.
pub(crate) fn both_macros(name: &Ident) -> Ident {
    format_ident!(
        "a_{}_not_of_vthread_needs_a_path_or_another_name",
        name,
        span = hygienic(name.span())
    )
}

/// The same for a macro with the name of one of std's. `vthread::__std_macros` spells it too.
pub(crate) fn both_std_macros(name: &Ident) -> Ident {
    format_ident!(
        "a_{}_not_of_std_needs_an_import_in_this_file_or_a_path",
        plain_text(name),
        span = hygienic(name.span())
    )
}

/// The macro of the trait `name`, in rustc's error about a trait that has none.
pub(crate) fn trait_macro(name: &Ident) -> Ident {
    format_ident!(
        "write_vthread_before_the_trait_{}_or_leave_it_out_here",
        plain_text(name),
        span = name.span()
    )
}

/// The helper through which the default method `name` calls itself. The span is the user's.
pub(crate) fn again(name: &Ident) -> Ident {
    format_ident!("__vthread_again_{}", plain_text(name), span = name.span())
}

/// An identifier's text without `r#`.
pub(crate) fn plain_text(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// An identifier from its text without `r#`.
pub(crate) fn ident(text: &str, span: Span) -> Ident {
    match syn::parse_str::<Ident>(text) {
        Ok(_) => Ident::new(text, span),
        Err(_) => Ident::new_raw(text, span),
    }
}

/// The hash of a method's name, equal to the runtime's `name_hash`: FNV-1a.
pub(crate) fn hash(name: &str) -> Literal {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Literal::u64_unsuffixed(hash)
}

/// The parentheses of a generated call, or around one. If the callee's tokens have the span `at`
/// too, `Location::caller` is the user's own code there; with a hygienic span it would be the
/// outermost attribute.
pub(crate) fn called_at(at: Span, arguments: TokenStream) -> Group {
    let mut parentheses = Group::new(Delimiter::Parenthesis, arguments);
    parentheses.set_span(at);
    parentheses
}

/// The span of generated tokens: hygienic, silent for lints, and located at the user's code.
pub(crate) fn hygienic(at: Span) -> Span {
    Span::mixed_site().located_at(at)
}
