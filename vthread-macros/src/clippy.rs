//! Whether clippy may check an expansion.

use std::sync::OnceLock;

/// Whether it may: clippy's driver is a program of its own. Where the compiler itself expands, what
/// is said to clippy would only cost time: each attribute of each function.
pub(crate) fn may_check() -> bool {
    static MAY: OnceLock<bool> = OnceLock::new();
    *MAY.get_or_init(|| {
        let program = std::env::current_exe().ok();
        let name = program.as_ref().and_then(|program| program.file_stem());
        name.is_none_or(|name| name != "rustc")
    })
}
