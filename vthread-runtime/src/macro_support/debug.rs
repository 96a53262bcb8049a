//! `dbg!` with the user's text, where its argument has been rewritten.

/// `dbg!(value)`, which says `text` for the expression.
#[doc(hidden)]
#[macro_export]
macro_rules! __dbg_as {
    ($text:literal, $value:expr) => {
        match $value {
            value => {
                ::std::eprintln!(
                    "[{}:{}:{}] {} = {:#?}",
                    ::std::file!(),
                    ::std::line!(),
                    ::std::column!(),
                    $text,
                    &value
                );
                value
            }
        }
    };
}
