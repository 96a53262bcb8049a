//! `#[vthread::test]` and `vthread::testing`.

mod ends;
mod network;
mod outside;
mod plain_code;
mod seeds;
mod time;
#[cfg(unix)]
mod unix_network;
