//! In generic code a reference to a source is not known to be one.

use vthread::io;
use vthread::prelude::*;

#[vthread]
fn all<S: Read>(mut source: S) -> io::Result<String> {
    let mut text = String::new();
    source.read_to_string(&mut text)?;
    Ok(text)
}

#[vthread]
fn in_generic_code<R: Read>(mut source: R) -> io::Result<String> {
    all(&mut source)
}

fn main() {
    let _ = in_generic_code(&b""[..]);
}
