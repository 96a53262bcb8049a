#![cfg_attr(not(doctest), doc = include_str!("guide/links.md"))]
#![doc = include_str!("../docs/guide/index.md")]

// For the documentation, and for the tests, which run the programs of the guide. In its files the
// chapters link to each other by file name. The definitions of `guide/links.md` come before those,
// and so take precedence. (The tests do without: they tell the lines of a failure in the chapter.)
macro_rules! chapters {
    ($($name:ident)*) => {$(
        #[cfg_attr(not(doctest), doc = include_str!("guide/links.md"))]
        #[doc = include_str!(concat!("../docs/guide/", stringify!($name), ".md"))]
        pub mod $name {}
    )*};
}

// Its pictures are part of the page: `tests/tidy` compares them with the files.
#[cfg_attr(not(doctest), doc = include_str!("guide/links.md"))]
#[cfg_attr(not(doctest), doc = include_str!("guide/pictures.md"))]
#[doc = include_str!("../docs/guide/debugging.md")]
pub mod debugging {}

chapters! {
    tutorial from_threads from_tokio from_go
    plain_code cancellation errors channels_and_locks shutdown
    http with_async testing recipes compile_errors faq glossary
}
