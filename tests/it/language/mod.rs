//! The language, construct by construct: each suspending call is proven to suspend, each plain one
//! to behave as in plain Rust. `docs/limits.md` lists what does not work yet.

// The programs are unusual on purpose.
#![allow(clippy::style, clippy::complexity, clippy::perf)]
#![allow(
    clippy::never_loop,
    clippy::while_immutable_condition,
    clippy::cast_abs_to_unsigned
)]
#![allow(unused_braces)]
// Statements suspend under locks that are not contended.
#![allow(clippy::await_holding_lock, clippy::await_holding_refcell_ref)]

mod attributes;
mod borrows;
mod calls;
mod captures;
mod chains;
mod closures;
mod conditional_names;
mod control;
mod deep_chains;
mod diverging;
mod expected_types;
mod fetching;
mod function_attributes;
mod functions;
mod generics;
mod group_basics;
mod group_errors;
mod group_exits;
mod group_values;
mod groups;
mod identifiers;
mod impl_blocks;
mod items;
mod iteration;
mod known_calls;
mod locations;
mod loops;
mod macros_by_example;
mod matching;
mod methods;
mod operators;
mod places;
mod plain;
mod plain_code;
mod plain_loops;
mod proof;
mod recursion;
mod recursion_by_path;
mod result_aliases;
mod seen_in_the_file;
mod self_recursion;
mod shadowing;
mod siblings;
mod spawning;
mod std_macros;
mod stream_loops;
mod temporaries;
mod traits;
mod traits_of_pointers;
mod try_operator;
mod types_of_std;
mod unsafety;
mod users_traits;
mod visibility;
mod vthread_closures;
mod vthread_traits;
