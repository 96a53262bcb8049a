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
pub(crate) enum OurMacro {
    Group,
    Spawn,
    Background,
    Enclosure(Enclosure),
    Select,
    Race,
    Closure,
}

impl OurMacro {
    /// Whether its value is a task, which a statement discards.
    pub(crate) fn gives_a_task(self) -> bool {
        matches!(self, OurMacro::Spawn | OurMacro::Background)
    }
}

/// `group!`, `vthread::group!`, `spawn!`, `vthread::spawn!`; never another crate's macro.
pub(crate) fn our_macro(mac: &Macro) -> Option<OurMacro> {
    let segments = &mac.path.segments;
    let ours = match segments.len() {
        1 => true,
        2 => library::is_named(&segments[0].ident.to_string()),
        _ => false,
    };
    match segments.last()?.ident.to_string().as_str() {
        "group" if ours => Some(OurMacro::Group),
        "spawn" if ours => Some(OurMacro::Spawn),
        "background" if ours => Some(OurMacro::Background),
        "timeout" if ours => Some(OurMacro::Enclosure(Enclosure::Timeout)),
        "shield" if ours => Some(OurMacro::Enclosure(Enclosure::Shield)),
        "catch_unwind" if ours => Some(OurMacro::Enclosure(Enclosure::CatchUnwind)),
        "bind" if ours => Some(OurMacro::Enclosure(Enclosure::Bind)),
        "select" if ours => Some(OurMacro::Select),
        "race" if ours => Some(OurMacro::Race),
        "closure" if ours => Some(OurMacro::Closure),
        "defer" if ours => Some(OurMacro::Enclosure(Enclosure::Defer)),
        _ => None,
    }
}
