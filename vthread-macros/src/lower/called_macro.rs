//! Calls that name a macro, `timeout(time, work())`.
//!
//! The path of a call is imported under a generated name (`namespace_probe`), and rustc would show
//! that name where the path names a macro only. So the calls whose names are those of macros have a
//! function of that generated name further out, which cannot be called: its bound says what to
//! write. Where the path names a function, that one is found first.

use super::of_its_file::names_of;
use crate::known;
use crate::names::{self, hygienic};
use crate::source::file_of;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use std::cell::RefCell;
use std::collections::HashMap;

/// Our macros that a call may name. Each has a bound in the runtime.
const OURS: &[&str] = &[
    "background",
    "bind",
    "catch_unwind",
    "closure",
    "defer",
    "group",
    "race",
    "select",
    "shield",
    "spawn",
    "timeout",
];

/// The function that stands for a macro of this name, if it may be one.
pub(super) fn instead_of_a_function(
    name: &str,
    n_arguments: usize,
    at: Span,
) -> Option<TokenStream> {
    let bound = match OURS.contains(&name) {
        true => name,
        false if is_another_macro(name, at) => "a_function_of_this_name",
        false => return None,
    };
    let span = hygienic(at);
    let (functions, bound) = (names::functions(span), Ident::new(bound, span));
    let function = match number_of(name) {
        1 => format_ident!("{name}_is_a_macro", span = span),
        n => format_ident!("{name}_is_a_macro_{n}", span = span),
    };
    let types: Vec<Ident> = (0..n_arguments)
        .map(|n| format_ident!("T{n}", span = span))
        .collect();
    // A bound that holds for no lifetime is looked at where the function is called.
    Some(quote_spanned!(span=>
        #[allow(dead_code)]
        fn #function<#(#types,)* R>(#(_: #types),*) -> R
        where
            for<'a> (): #functions::#bound,
        {
            loop {}
        }
        #[allow(unused_imports)]
        use #function as __vthread_call;
    ))
}

/// How many calls of this name the crate has had, with this one. rustc's note shows the name of the
/// generated function, and with it the hidden path of a name that occurs twice.
fn number_of(name: &str) -> usize {
    thread_local! {
        static CALLS: RefCell<HashMap<String, usize>> = RefCell::default();
    }
    CALLS.with_borrow_mut(|calls| {
        let number = calls.entry(name.to_owned()).or_default();
        *number += 1;
        *number
    })
}

/// Whether it is a macro of std, or the file has one of this name.
fn is_another_macro(name: &str, at: Span) -> bool {
    let of_its_file = || file_of(at).and_then(names_of);
    known::macros::is_of_std(name) || of_its_file().is_some_and(|names| names.macros.contains(name))
}
