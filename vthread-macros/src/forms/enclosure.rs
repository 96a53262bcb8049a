//! The macros that enclose a body: `timeout!`, `shield!`, `catch_unwind!`, `bind!`, `defer!`.

/// Which of the macros.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Enclosure {
    Timeout,
    Shield,
    CatchUnwind,
    Bind,
    /// The body is the rest of the block; the cleanup is the macro's argument.
    Defer,
}

impl Enclosure {
    /// The part before the `=>`, if the macro has one.
    pub(crate) fn example(self) -> Option<&'static str> {
        match self {
            Enclosure::Timeout => Some("timeout!(duration => { .. })"),
            Enclosure::Bind => Some("bind!(NAME = value => { .. })"),
            Enclosure::Shield | Enclosure::CatchUnwind | Enclosure::Defer => None,
        }
    }
}
