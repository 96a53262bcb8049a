//! A library of vthread functions, types and traits.

#![deny(warnings)]
#![forbid(unsafe_code)]

pub mod client;
pub mod handlers;
pub mod proof;
pub mod stores;

mod hidden {
    use crate::proof::pause;
    use vthread::vthread;

    /// Exported under another path.
    #[vthread]
    pub fn elsewhere(n: u32) -> u32 {
        pause();
        n
    }

    /// Plain, beside it.
    pub fn plain(n: u32) -> u32 {
        n
    }
}

/// Has the name of the library, at its root.
#[vthread::vthread]
pub fn exporter(n: u32) -> u32 {
    proof::pause();
    n
}

/// Calls it here.
#[vthread::vthread]
pub fn exporter_twice(n: u32) -> u32 {
    exporter(n) + crate::exporter(n)
}

pub use hidden::{elsewhere, elsewhere as renamed, plain};

/// What a user wants in scope.
pub mod prelude {
    pub use crate::client::*;
    pub use crate::handlers::Handler as _;
    pub use crate::stores::Store;
}

/// Makes a vthread function in the user's crate.
#[macro_export]
macro_rules! make_function {
    ($name:ident, $value:expr) => {
        #[::vthread::vthread]
        fn $name(n: u32) -> u32 {
            $crate::elsewhere(n) * $value
        }
    };
}
