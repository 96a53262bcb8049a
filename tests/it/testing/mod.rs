//! `#[vthread::test]` and `vthread::testing`.

mod ends;
mod outside;
mod plain_code;
mod seeds;
mod time;
