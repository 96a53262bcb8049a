//! Without the feature `console` there is none, and a user who asks for it is told.

/// Tells that the environment's request has no effect.
#[cold]
pub(crate) fn follow_configuration(_: fn() -> String) {
    if std::env::var_os("VTHREAD_CONSOLE").is_some_and(|text| !text.is_empty()) {
        eprintln!(
            "vthread: no console: VTHREAD_CONSOLE has no effect without the feature `console` of vthread"
        );
    }
}
