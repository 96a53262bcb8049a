//! Whether the calls that this crate writes note their places for dumps.
//!
//! The crate is compiled for the machine that compiles the program, in cargo's profile of the
//! build: so it has debug assertions where the program has them.

use std::sync::OnceLock;

/// Whether they do: in debug builds, and in others with the feature `stacks`. Not in the recorded
/// expansions, which show what all builds have in common.
pub(crate) fn are_kept() -> bool {
    cfg!(any(debug_assertions, feature = "stacks")) && !cfg!(test) && !is_only_checked()
}

/// Whether the compiler only checks the program, as under `cargo check`: then no code comes of the
/// expansion, and the places would cost a sixth of the check. Other build systems may compile a
/// crate against what such a check has written.
fn is_only_checked() -> bool {
    static IS: OnceLock<bool> = OnceLock::new();
    *IS.get_or_init(|| {
        let arguments = std::env::args_os().map(|it| it.to_string_lossy().into_owned());
        std::env::var_os("CARGO").is_some() && emits_metadata_only(arguments)
    })
}

/// Whether a call of the compiler asks for no code.
fn emits_metadata_only(mut arguments: impl Iterator<Item = String>) -> bool {
    let mut emits = Vec::new();
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix("--emit") {
            Some("") => emits.extend(arguments.next()),
            Some(kinds) => emits.extend(kinds.strip_prefix('=').map(str::to_owned)),
            None => {}
        }
    }
    let mut kinds = emits.iter().flat_map(|kinds| kinds.split(','));
    let is_none = |kind: &str| {
        let name = kind.split('=').next().unwrap_or_default();
        matches!(name, "dep-info" | "metadata")
    };
    !emits.is_empty() && kinds.all(is_none)
}

#[cfg(test)]
mod tests {
    use super::emits_metadata_only;

    #[test]
    fn t17_a_check_is_told_from_a_build() {
        for (arguments, expected) in [
            (
                "rustc --crate-name a --emit=dep-info,metadata src/main.rs",
                true,
            ),
            ("rustc --emit dep-info=a.d,metadata=a.rmeta a.rs", true),
            ("rustc --emit=dep-info,metadata,link a.rs", false),
            ("rustc --emit=metadata --emit=obj a.rs", false),
            ("rustc --emit=mir a.rs", false),
            ("rustdoc --crate-type bin a.rs", false),
            ("rustc @a.args", false),
            ("rustc --emit", false),
        ] {
            let arguments = arguments.split(' ').map(str::to_owned);
            assert_eq!(emits_metadata_only(arguments), expected);
        }
    }
}
