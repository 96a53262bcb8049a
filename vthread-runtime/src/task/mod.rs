//! A vthread: what runs, in which state it is, and which scope of its frame runs now.
//! `README.md` beside this file draws the life cycle.

pub(crate) mod state;

pub(crate) mod reason;

pub(crate) mod deadline;
pub(crate) mod grace;
mod mark;
pub(crate) mod marking;
pub(crate) mod scope;
pub(crate) mod vthread;

pub(crate) mod bindings;
pub(crate) mod doing;
pub(crate) mod provenance;
pub(crate) mod serial;
pub(crate) mod waiting;

pub(crate) mod current;
mod late;
pub(crate) mod line;
pub(crate) mod turn;

pub(crate) mod id;
mod rare;

pub(crate) mod header;
pub(crate) mod waker;

pub(crate) mod cell;
pub(crate) mod handle;
