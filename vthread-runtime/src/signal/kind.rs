//! The kind of a signal.

use libc::c_int;
use std::io;

/// The kind of a signal: its number, under the names that std-like libraries use.
///
/// # Examples
/// ```
/// # use vthread_runtime as vthread;
/// use vthread::signal::SignalKind;
///
/// assert_eq!(SignalKind::interrupt().as_raw(), 2);
/// assert_eq!(SignalKind::from_raw(15), SignalKind::terminate());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalKind(c_int);

/// Makes the kinds of a system, each with its number and its short name.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $number:expr, $short:literal;)*) => {
        impl SignalKind {
            $($(#[doc = $doc])*
            pub const fn $name() -> Self {
                SignalKind::from_raw($number)
            })*

            /// The one with this short name, as in `quit` for `SIGQUIT`.
            pub(super) fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($short => Some(SignalKind::$name()),)*
                    _ => None,
                }
            }
        }
    };
}
pub(super) use kinds;

impl SignalKind {
    /// The signal with this number.
    pub const fn from_raw(signal: c_int) -> Self {
        SignalKind(signal)
    }

    /// Its number.
    pub const fn as_raw(self) -> c_int {
        self.0
    }

    /// Refuses what no handler can be registered for.
    pub(super) fn must_be_handled(self) -> io::Result<()> {
        if signal_hook_registry::FORBIDDEN.contains(&self.0) {
            let why = format!("signal {} cannot be handled", self.0);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        Ok(())
    }
}

impl From<c_int> for SignalKind {
    fn from(signal: c_int) -> Self {
        SignalKind(signal)
    }
}

impl From<SignalKind> for c_int {
    fn from(kind: SignalKind) -> c_int {
        kind.0
    }
}
