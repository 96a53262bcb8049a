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
mod identifiers;
mod items;
mod loops;
mod macros;
mod matching;
mod methods;
mod operators;
mod proof;
mod shadowing;
mod temporaries;
mod visibility;
