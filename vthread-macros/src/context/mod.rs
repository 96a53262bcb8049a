//! `context_var!`, and what stands before the arrow of `bind!`. The body of a `bind!` is an enclosure
//! like others (`group/enclose.rs`).

pub(crate) mod bindings;
pub(crate) mod declare;
