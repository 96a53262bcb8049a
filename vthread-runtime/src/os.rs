//! Features of particular systems. Mirrors [`std::os`].

/// Features of Unix. Mirrors [`std::os::unix`].
pub mod unix {
    pub use crate::net::unix as net;
}
