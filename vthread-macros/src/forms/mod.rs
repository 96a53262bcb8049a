//! The forms that users write in our macros: parsed once, here, and nothing else.

pub(crate) mod bind;
pub(crate) mod closure;
pub(crate) mod enclosure;
pub(crate) mod form;
pub(crate) mod race;
pub(crate) mod select;

use crate::library;
use enclosure::Enclosure;
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
