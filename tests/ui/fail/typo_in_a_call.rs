//! A slip in the name of a function.
use vthread::prelude::*;

#[vthread]
fn fetch(url: &str) -> std::io::Result<String> {
    Ok(url.into())
}

#[vthread]
fn load() -> std::io::Result<usize> {
    Ok(fecth("example.com")?.len())
}

fn main() {
    let _ = load();
}
