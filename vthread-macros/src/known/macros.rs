//! Macros whose arguments are part of the body: std's, and some common ones.
//!
//! A macro that has such a name, but another path or another declaration in the source file
//! (`own_macros`), is left alone. Otherwise it is taken for std's; the expansion checks that
//! wherever it rewrites an argument.

use super::own_macros;
use crate::names::plain_text;
use syn::punctuated::Punctuated;
use syn::{Expr, Macro, Token};

/// How a known macro treats its arguments.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Treatment {
    /// Formats all arguments from this one on, by reference, each time.
    Formats { first: usize },
    /// Tests the first `n` arguments, and formats the others if the test fails.
    Tests { n: usize, only_in_debug: bool },
    /// Moves all arguments.
    Moves,
    /// Prints its arguments and returns them.
    Shows,
    /// Matches its first argument against a pattern.
    Matches,
    /// Tests its first argument, and prints it if there is no other one. Its crate is unknown.
    Ensures,
    /// Evaluates lazily, or returns a value that borrows from its arguments.
    Blocks,
}

/// How the macro is treated: decided by its name and its path.
pub(crate) fn treatment(mac: &Macro) -> Option<Treatment> {
    let name = name(mac);
    let treatment = by_name(&name)?;
    let segments = &mac.path.segments;
    let is_by_path = segments.len() > 1 || mac.path.leading_colon.is_some();
    let is_of_std = matches!(
        plain_text(&segments[0].ident).as_str(),
        "std" | "core" | "alloc"
    );
    let is_known = match is_by_path {
        true => is_of_std || OF_CRATES.contains(&name.as_str()),
        false => OF_CRATES.contains(&name.as_str()) || !own_macros::is_users(&segments[0].ident),
    };
    is_known.then_some(treatment)
}

/// Macros of well-known crates, which are known by any path.
const OF_CRATES: &[&str] = &[
    "info", "warn", "error", "debug", "trace", "bail", "ensure", "pin",
];

/// Macros that make one future of their arguments, and poll these together.
const JOINING: &[&str] = &["join", "try_join", "select", "select_biased"];

/// Whether the macro polls its arguments in turn, and is not of this crate.
pub(crate) fn polls_together(mac: &Macro) -> bool {
    let first = &mac.path.segments[0].ident;
    let is_own = || match mac.path.segments.len() {
        1 => own_macros::is_users(first),
        _ => ["crate", "self", "super"].iter().any(|root| first == root),
    };
    JOINING.contains(&name(mac).as_str()) && !is_own()
}

fn by_name(name: &str) -> Option<Treatment> {
    let tests = |n, only_in_debug| Treatment::Tests { n, only_in_debug };
    Some(match name {
        "println" | "print" | "eprintln" | "eprint" | "format" => Treatment::Formats { first: 1 },
        "panic" | "todo" | "unimplemented" | "unreachable" => Treatment::Formats { first: 1 },
        "write" | "writeln" => Treatment::Formats { first: 2 },
        "assert" => tests(1, false),
        "assert_eq" | "assert_ne" => tests(2, false),
        "debug_assert" => tests(1, true),
        "debug_assert_eq" | "debug_assert_ne" => tests(2, true),
        "vec" => Treatment::Moves,
        "dbg" => Treatment::Shows,
        "matches" => Treatment::Matches,
        "format_args" | "pin" => Treatment::Blocks,
        "info" | "warn" | "error" | "debug" | "trace" | "bail" => Treatment::Blocks,
        "ensure" => Treatment::Ensures,
        _ => return None,
    })
}

/// Whether it is the name of a macro of std that contains nothing but its arguments. Where a user's
/// macro has the name, its tokens are the user's as well.
pub(crate) fn is_of_std(name: &str) -> bool {
    let others = [
        "line",
        "column",
        "file",
        "stringify",
        "concat",
        "env",
        "cfg",
        "include_str",
    ];
    let is_of_crates = OF_CRATES.contains(&name);
    !is_of_crates && by_name(name).is_some() || others.contains(&name)
}

/// The macro's name without its path.
pub(crate) fn name(mac: &Macro) -> String {
    mac.path
        .segments
        .last()
        .map(|last| plain_text(&last.ident))
        .unwrap_or_default()
}

/// Whether it may be std's `write!`, whose value may be a call.
pub(crate) fn writes(mac: &Macro) -> bool {
    treatment(mac) == Some(Treatment::Formats { first: 2 })
}

/// The comma-separated arguments of a known macro.
pub(crate) fn arguments(mac: &Macro) -> Option<Punctuated<Expr, Token![,]>> {
    treatment(mac)?;
    mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        .ok()
}
