//! `group!`, `spawn!`, `background!`, `race!`, `timeout!`, `shield!`, `catch_unwind!`, `bind!`, `defer!` and `select!`: what they say,
//! what a child captures, how a body ends, what it all becomes; and whether they are ours (`provenance`).

mod asked;
pub(crate) mod background;
pub(crate) mod captures;
mod claims;
pub(crate) mod closure;
pub(crate) mod enclose;
mod ending;
mod endless;
pub(crate) mod exits;
pub(crate) mod form;
pub(crate) mod format;
mod inside;
pub(crate) mod lost_updates;
pub(crate) mod open;
mod pins;
pub(crate) mod plain;
mod provenance;
pub(crate) mod race;
pub(crate) mod select;
pub(crate) mod spawn;
pub(crate) mod tails;

use crate::library;
use enclose::Enclosure;
use syn::Macro;

/// Which of our macros an invocation in a vthread body is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Ours {
    Group,
    Spawn,
    Background,
    Enclosure(Enclosure),
    Select,
    Race,
    Closure,
}

impl Ours {
    /// Whether its value is a task, which a statement discards.
    pub(crate) fn gives_a_task(self) -> bool {
        matches!(self, Ours::Spawn | Ours::Background)
    }
}

/// `group!`, `vthread::group!`, `spawn!`, `vthread::spawn!`; never another crate's macro.
pub(crate) fn which(mac: &Macro) -> Option<Ours> {
    let segments = &mac.path.segments;
    let ours = match segments.len() {
        1 => true,
        2 => library::is_named(&segments[0].ident.to_string()),
        _ => false,
    };
    match segments.last()?.ident.to_string().as_str() {
        "group" if ours => Some(Ours::Group),
        "spawn" if ours => Some(Ours::Spawn),
        "background" if ours => Some(Ours::Background),
        "timeout" if ours => Some(Ours::Enclosure(Enclosure::Timeout)),
        "shield" if ours => Some(Ours::Enclosure(Enclosure::Shield)),
        "catch_unwind" if ours => Some(Ours::Enclosure(Enclosure::CatchUnwind)),
        "bind" if ours => Some(Ours::Enclosure(Enclosure::Bind)),
        "select" if ours => Some(Ours::Select),
        "race" if ours => Some(Ours::Race),
        "closure" if ours => Some(Ours::Closure),
        "defer" if ours => Some(Ours::Enclosure(Enclosure::Defer)),
        _ => None,
    }
}
