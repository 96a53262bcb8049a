//! Errors are collected while a whole item is expanded, and reported together.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// Every error found so far.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    pub(crate) fn at(&mut self, span: Span, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new(span, message));
    }

    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn n(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn append(&mut self, other: Errors) {
        self.0.extend(other.0);
    }

    /// Adds to the last error, if it is `known`.
    pub(crate) fn refine_last(&mut self, known: &str, message: &str) {
        if let Some(last) = self.0.last_mut().filter(|last| last.to_string() == known) {
            *last = syn::Error::new(last.span(), message);
        }
    }

    /// The errors as `compile_error!`s.
    pub(crate) fn emit(&self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}

pub(crate) const INDEX_SUSPENDS: &str = "this index may suspend, and rustc loses the index before it across a suspension: \
     bind it first, as in `let i = ..; a[x][i]`";
pub(crate) const EDITION_2015: &str = "`#[vthread]` needs edition 2018 or later, in which a path in a `use` begins where it stands: \
    write `edition = \"2024\"` under `[package]` in Cargo.toml";
pub(crate) const NOT_AN_ITEM: &str = "`#[vthread]` goes on a `fn`, an `impl` or a `trait`";
pub(crate) const TEST_IS_A_FUNCTION: &str = "`#[vthread::test]` goes on a `fn`";
pub(crate) const ASYNC_TEST: &str = "a `#[vthread::test]` is written without `async`: remove it. \
    Calls of vthread functions suspend by themselves, and `.await` on any future still works inside";
pub(crate) const QUALIFIED_TEST: &str = "a test is a plain `fn`: remove this";
pub(crate) const TEST_HAS_NO_ARGUMENTS: &str =
    "a test has no arguments: the test harness has none to give";
pub(crate) const TEST_IS_NOT_GENERIC: &str =
    "a test is not generic: the test harness knows no types for it";
pub(crate) const TEST_TWICE: &str =
    "`#[vthread::test]` makes the function a test: remove `#[test]`";
pub(crate) const SEED_AND_SEEDS: &str = "either one `seed`, or a number of `seeds`: not both";
pub(crate) const NO_SEEDS: &str = "with no seed the test would not run: `seeds` is at least 1";
pub(crate) const VIRTUAL_TIME_IS_A_WORD: &str =
    "`virtual_time` has no value: the word alone turns it on";

pub(crate) fn unknown_test_option(option: &str) -> String {
    format!(
        "unknown option `{option}`: `#[vthread::test]` knows `virtual_time`, `seed = N`, `seeds = N` and `crate = path`"
    )
}

pub(crate) fn seed_without_number(key: &str) -> String {
    format!("`{key}` needs a number: `{key} = 100`")
}

pub(crate) const ASYNC_FN: &str = "a `#[vthread]` function is written without `async`: remove it. \
    Calls of vthread functions suspend by themselves, and `.await` on any future still works inside";
pub(crate) const CONST_FN: &str = "a `const fn` cannot suspend: remove `const`, or leave out `#[vthread]` (mark it `#[plain]` in an `impl`)";
pub(crate) const EXTERN_FN: &str = "an `extern` function is called by code that cannot suspend: leave out `#[vthread]`, \
    and call a `#[vthread]` function from its body, which blocks until done";
pub(crate) const VARIADIC_FN: &str = "a `#[vthread]` function cannot be variadic";
pub(crate) const DEFER_IS_A_STATEMENT: &str =
    "`defer!` is a statement of a block: `defer! { cleanup() }`";
pub(crate) const DEFER_IN_PLAIN_CODE: &str = "`defer!` works in `#[vthread]` code only (a closure, an async block, a macro or a plain function \
    hides it): write a type with a `Drop` here";
pub(crate) const TRACK_CALLER: &str = "`#[track_caller]` does not reach the body of a vthread function, which runs later than its call: \
    leave it out, and take a `&'static Location<'static>` as an argument where the body needs to know its caller";
pub(crate) const TARGET_FEATURE: &str = "`#[target_feature]` does not reach the body of a vthread function: \
    put the code that needs it into a plain function with this attribute, and call that";
pub(crate) const INSTRUMENT_ABOVE: &str = "`#[instrument]` above `#[vthread]` makes the span of a function that never waits, \
    which other vthreads would get into: write it below, as in `#[vthread] #[instrument] fn`";
pub(crate) const INSTRUMENT_TWICE: &str = "one `#[instrument]` makes one span: leave this one out, \
    or call a function that has it";
pub(crate) const INSTRUMENT_WITHOUT_BODY: &str = "a method without a body has no span: \
    write `#[instrument]` on the methods that implement it";
pub(crate) const LEVEL_OF_INSTRUMENT: &str = "a level is one of \"trace\", \"debug\", \"info\", \"warn\" and \"error\", \
    a number from 1 to 5, or a `Level` of `tracing`";
pub(crate) const EVENT_OF_INSTRUMENT: &str =
    "`err` and `ret` take `Debug` or `Display`, and `level = ..`";

pub(crate) fn unknown_in_instrument(name: &str) -> String {
    format!(
        "`#[vthread]` knows `name`, `target`, `level`, `parent`, `skip`, `skip_all`, `fields`, `err` and `ret` of `#[instrument]`, and not `{name}`: \
         leave it out, and use `tracing::Span::current()` in the body"
    )
}

pub(crate) fn skips_nothing(name: &proc_macro2::Ident) -> String {
    format!("no argument is named `{name}`, so there is nothing to skip")
}

pub(crate) const ATTRIBUTE_OF_DEFER: &str = "of attributes, only `#[cfg(..)]` can stand before a `defer!`: \
    others go inside, on its statements";
pub(crate) const JUMP_OUT_OF_DEFER: &str = "nothing can leave a `defer!` early: it runs however its block ends, \
    so handle the error, or end the loop, inside it";
pub(crate) const SPAWN_NEEDS_GROUP: &str = "`spawn!` needs a group: put it in a `group! { .. }`, \
    spawn into a group you were given with `spawn!(g => { .. })`, or use `background! { .. }`";
pub(crate) const SPAWN_HIDDEN: &str = "`spawn!` stands outside of every `group!` that it can see \
    (a macro, an async block or a plain function hides the group): put it in a `group! { .. }`, \
    spawn into a group you were given with `spawn!(g => { .. })`, or use `background! { .. }`";
pub(crate) const CHILD_CANNOT_FAIL: &str = "a child cannot fail here: its group has no error type, because the function does not return a `Result`. \
    Handle the error in the child, return a `Result`, or write `group!(error = E => { .. })`";
pub(crate) const CHILD_CANNOT_END_WITH_NONE: &str = "a `?` cannot leave a child here: a group fails with an error, and the function returns an `Option`. \
    Handle the `None` in the child (`let Some(x) = .. else { .. }`) and let its value be an `Option` for `join()?`, or return a `Result` and write `.ok_or(..)?`";
pub(crate) const JUMP_OUT_OF_RUNNER: &str = "`break` and `continue` cannot leave the body of a `race!`, which runs as several vthreads. \
    `return` ends one of them";
pub(crate) const JUMP_OUT_OF_CHILD: &str = "`break` and `continue` cannot leave a `spawn!`: its body is another vthread. `return` ends the child";

pub(crate) const JUMP_OUTSIDE_LOOP: &str =
    "`break` and `continue` stand in a loop, and there is none here";

pub(crate) const CLOSURE_FORM: &str =
    "`closure!` takes a closure: `closure!(|x| fetch(x))`, or `closure!(move |x| fetch(x))`";
pub(crate) const ATTRIBUTE_OF_PARAMETER: &str = "the parameters of a `closure!` become one tuple, in which nothing can have an attribute: leave it out here";
pub(crate) const ASYNC_CLOSURE: &str = "a vthread closure is written without `async`: remove it. \
    Calls of vthread functions suspend by themselves, and `.await` on any future still works inside";

pub(crate) const VTHREAD_TWICE: &str = "`#[vthread]` stands here twice: leave one of the two out. \
    `#[vthread::test]` makes a vthread function of the test by itself";

pub(crate) fn attribute_below(name: &str) -> String {
    format!(
        "`#[{name}]` would act on what `#[vthread]` makes of this, and not on what you wrote: write it above `#[vthread]`"
    )
}

pub(crate) fn attribute_of_method(name: &str) -> String {
    format!(
        "`#[{name}]` would act on what `#[vthread]` makes of this method, and not on what you wrote: \
         mark the method `#[plain]`, or let it call a function that has `#[{name}]` above its own `#[vthread]`"
    )
}

pub(crate) fn form_of_impl(name: &str, is_dyn: bool) -> String {
    match is_dyn {
        true => format!(
            "the trait `{name}` is marked `#[vthread(dyn)]`, so its `impl`s are: write `#[vthread(dyn)]` here"
        ),
        false => format!(
            "the trait `{name}` is marked `#[vthread]`, without `dyn`, so its `impl`s are: write `#[vthread]` here, \
             or `#[vthread(dyn)]` before the trait too"
        ),
    }
}

pub(crate) fn skipped_method(name: &str) -> String {
    format!(
        "a vthread method cannot be named `{name}`: calls of std's methods of this name never suspend, \
         so `#[vthread]` code does not look at them. Rename it, or mark it `#[plain]`"
    )
}

pub(crate) fn first_value(name: &str) -> String {
    format!(
        "`{name}` cannot get its first value in here: the body of a `group!`, or of its like, is a block that borrows what is around it. \
         Make it the value of that block, as in `let {name} = group! {{ .. }}`"
    )
}

/// A module with the function's name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Clash {
    /// It stands beside the function.
    Beside,
    /// The function is inside it, and re-exported beside it.
    Around,
    /// It would be the companion's, which cannot see into the enclosing plain function.
    Hidden,
}

pub(crate) fn module_of_its_name(name: &str, clash: Clash) -> String {
    let needs = format!(
        "vthread code finds `{name}` by the name that modules have too, and here that is the module `{name}`"
    );
    let is_local = "or write `#[vthread(local)]`: then calls of it block";
    match clash {
        Clash::Hidden => format!(
            "a vthread function inside a plain function is not found by vthread code: \
             write `#[vthread(local)]`, and calls of `{name}` block, or move it out of the function"
        ),
        Clash::Beside => format!("{needs}. Rename one of the two, {is_local}"),
        Clash::Around => format!(
            "{needs}. Rename the module, as in `mod {name}_fn; pub use {name}_fn::{name};`, {is_local}"
        ),
    }
}

pub(crate) fn hidden_by_a_module(name: &str) -> String {
    format!(
        "the module `{name}` of this file hides whether the function `{name}`, which a glob import \
         brings, is a vthread function. Write the path of the function, as in `other::{name}(..)`"
    )
}

pub(crate) fn hidden_behind_a_glob(name: &str) -> String {
    format!(
        "further out a glob brings `{name}` beside a module `{name}`, which hides whether the function \
         suspends: vthread code that calls it there blocks. Rename one of the two, or call the \
         function by the path of its own module"
    )
}

pub(crate) fn plain_trait(name: &str) -> String {
    format!(
        "`{name}` is called by plain code, which cannot suspend: leave out `#[vthread]` here. \
         Calls of vthread functions in this `impl` block until done, and those of vthread methods end with `.block()`"
    )
}

pub(crate) fn blanket(name: &str) -> String {
    format!(
        "a vthread trait cannot be implemented for every type `{name}`: its methods are announced \
         type by type, and rustc allows that only for types that are named (E0210). \
         Implement the trait for each type, or write a `#[vthread]` function that takes a `{name}`"
    )
}

pub(crate) fn skipped_function(name: &str) -> String {
    format!(
        "a vthread function of a type cannot be named `{name}`: std's functions of this name never suspend, \
         so `#[vthread]` code does not look at calls of them. Rename it, or mark it `#[plain]`"
    )
}
