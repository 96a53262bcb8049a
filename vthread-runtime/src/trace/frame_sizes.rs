//! The sizes of frames, reported while a program runs, to find those worth making smaller.
//!
//! With `VTHREAD_SIZES=1` in the environment of the *build*, each vthread function reports the size
//! of its frame at its first call. The choice is made when this crate is compiled, so that a
//! program without it pays nothing; cargo sees the change and compiles again.

use std::any::type_name;
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Whether the build asked for sizes.
pub(crate) const ARE_REPORTED: bool = option_env!("VTHREAD_SIZES").is_some();

static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Reports the size of a frame, once for each function and each choice of its type parameters.
#[cold]
pub(crate) fn report<F>(frame: &F) {
    let name = function_name(type_name::<F>());
    // The contents of a boxed frame are not counted.
    let line = format!("vthread: frame of {} bytes: {name}", size_of_val(frame));
    let is_new = match TOLD.lock() {
        Ok(mut told) => told.insert(line.clone()),
        Err(_) => false,
    };
    if is_new {
        eprintln!("{line}");
    }
}

/// The function of a frame, from the name that the compiler gives to the frame's type.
fn function_name(frame: &str) -> String {
    // Of a function without suspension points the frame is a closure.
    let inside = frame.split_once("::unsuspending::Unsuspending<");
    let closure = inside.and_then(|(_, rest)| rest.strip_suffix('>'));
    closure
        .unwrap_or(frame)
        .replace("::{{closure}}", "")
        .replace("__vthread_", "")
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn frames_are_named_for_their_functions() {
        assert_eq!(
            function_name("app::store::__vthread_load<app::Row>::{{closure}}"),
            "app::store::load<app::Row>"
        );
        assert_eq!(
            function_name("<app::Store as app::Load>::load::{{closure}}"),
            "<app::Store as app::Load>::load"
        );
        assert_eq!(
            function_name(
                "vthread_runtime::macro_support::unsuspending::Unsuspending<app::__vthread_plain::{{closure}}>"
            ),
            "app::plain"
        );
    }
}
