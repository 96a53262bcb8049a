//! Rust, construct by construct: each suspending call is proven to suspend, each plain one to be
//! what it is in plain Rust. `README.md` lists what does not work yet.

// The programs are odd on purpose.
#![allow(clippy::style, clippy::complexity, clippy::perf)]
#![allow(
    clippy::never_loop,
    clippy::while_immutable_condition,
    clippy::cast_abs_to_unsigned
)]
// Statements suspend under locks that nobody else wants.
#![allow(clippy::await_holding_lock, clippy::await_holding_refcell_ref)]

mod attributes;
mod borrows;
mod calls;
mod chains;
mod closures;
mod control;
mod diverging;
mod generics;
mod groups;
mod identifiers;
mod items;
mod iteration;
mod locations;
mod loops;
mod macros;
mod matching;
mod methods;
mod operators;
mod places;
mod plain;
mod plain_loops;
mod proof;
mod recursion;
mod recursion_by_path;
mod shadowing;
mod siblings;
mod spawning;
mod temporaries;
mod traits;
mod try_operator;
mod types_of_std;
mod unsafety;
mod visibility;
mod vthread_closures;
