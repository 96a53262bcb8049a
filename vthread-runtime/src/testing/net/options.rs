//! The options of a TCP stream, which are kept and have no effect.

use parking_lot::Mutex;
use std::time::Duration;

/// How far a packet of the system's goes if nothing else was set.
const USUAL_TTL: u32 = 64;

#[derive(Debug, Clone, Copy)]
pub(super) struct Values {
    pub(super) nodelay: bool,
    pub(super) quickack: bool,
    pub(super) ttl: u32,
    pub(super) linger: Option<Duration>,
}

/// Shared by all handles of a stream or a listener.
#[derive(Debug)]
pub(super) struct Options(Mutex<Values>);

impl Options {
    pub(super) fn get(&self) -> Values {
        *self.0.lock()
    }

    pub(super) fn set(&self, set: impl FnOnce(&mut Values)) {
        set(&mut self.0.lock());
    }
}

impl Default for Options {
    fn default() -> Self {
        Options(Mutex::new(Values {
            nodelay: false,
            quickack: false,
            ttl: USUAL_TTL,
            linger: None,
        }))
    }
}

/// Makes the methods of a type with `options`: `options! { ttl set_ttl: u32, "how far a packet
/// goes"; }`.
macro_rules! options {
    ($($(#[$attribute:meta])* $get:ident $set:ident: $ty:ty, $what:literal;)*) => {
        $(
            #[doc = concat!("Returns ", $what, ": as it was set.")]
            ///
            /// # Errors
            /// None.
            $(#[$attribute])*
            pub fn $get(&self) -> ::std::io::Result<$ty> {
                Ok(self.options.get().$get)
            }

            #[doc = concat!("Sets ", $what, ". It has no effect in memory.")]
            ///
            /// # Errors
            /// None.
            $(#[$attribute])*
            pub fn $set(&self, value: $ty) -> ::std::io::Result<()> {
                self.options.set(|values| values.$get = value);
                Ok(())
            }
        )*
    };
}
pub(super) use options;
