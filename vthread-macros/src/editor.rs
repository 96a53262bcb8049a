//! Whether rust-analyzer asks, for an editor.
//!
//! It types expressions in another order than rustc, and for some calls finds no answer to the
//! questions that an expansion asks about types. So it is shown calls and loops as they are
//! written, with a method that gives the value of a call (`macro_support/editor.rs`): it completes
//! and checks what the user types.

use std::sync::OnceLock;

/// Whether this process expands macros for rust-analyzer.
pub(crate) fn asks() -> bool {
    static ASKS: OnceLock<bool> = OnceLock::new();
    *ASKS.get_or_init(|| {
        let program = std::env::current_exe().ok();
        let name = program.as_ref().and_then(|program| program.file_name());
        name.is_some_and(|name| name.to_string_lossy().starts_with("rust-analyzer"))
    })
}
