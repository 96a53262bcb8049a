//! Rust, construct by construct: each suspending call is proven to suspend, each plain one to be
//! what it is in plain Rust. `README.md` lists what does not work yet.

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
mod loops;
mod macros;
mod matching;
mod methods;
mod operators;
mod places;
mod plain;
mod proof;
mod recursion;
mod shadowing;
mod spawning;
mod temporaries;
mod traits;
mod try_operator;
mod unsafety;
mod visibility;
