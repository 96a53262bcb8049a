//! What systems have of their own. Mirrors [`std::os`].

/// What Unix has. Mirrors [`std::os::unix`].
pub mod unix {
    pub use crate::net::unix as net;
}
