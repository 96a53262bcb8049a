//! The macros that enclose a body: `timeout!`, `shield!`, `catch_unwind!`, `bind!`, `defer!`.

/// Which enclosure.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Enclosure {
    Timeout,
    Shield,
    CatchUnwind,
    Bind,
    /// The body is the rest of the block, the cleanup is what is written in the macro.
    Defer,
}

impl Enclosure {
    /// How it is written, if something stands before a `=>`.
    pub(crate) fn example(self) -> Option<&'static str> {
        match self {
            Enclosure::Timeout => Some("timeout!(duration => { .. })"),
            Enclosure::Bind => Some("bind!(NAME = value => { .. })"),
            Enclosure::Shield | Enclosure::CatchUnwind | Enclosure::Defer => None,
        }
    }
}
