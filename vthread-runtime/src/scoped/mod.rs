//! Bodies that are scopes without children: `shield!`, `defer!`, `select!`, `catch_unwind!`, a
//! foreign future, and what `time` builds `timeout!` on. They follow the protocol of a group's body
//! ("Scopes and marks" in `group/README.md`). And a body in a span of `#[instrument]`, which is
//! none.

pub(crate) mod body;
pub(crate) mod catch_unwind;

pub(crate) mod defer;
pub(crate) mod select;
pub(crate) mod shield;

pub(crate) mod await_future;
pub(crate) mod in_span;
