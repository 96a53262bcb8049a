//! `dbg!` with the user's text, where its argument has been rewritten.

/// `dbg!(value)`, which prints `text` for the expression, and the user's location.
#[doc(hidden)]
#[macro_export]
macro_rules! __dbg_as {
    ($text:literal, $line:expr, $column:expr, { $($check:tt)* }, $value:expr) => {
        match $value {
            value => {
                $($check)*
                ::std::eprintln!(
                    "[{}:{}:{}] {} = {:#?}",
                    ::std::file!(),
                    $line,
                    $column,
                    $text,
                    &value
                );
                value
            }
        }
    };
}
