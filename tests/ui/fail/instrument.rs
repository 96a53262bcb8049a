//! `#[instrument]` of tracing: above `#[vthread]`, twice, without a body, with unknown arguments.

use vthread::prelude::*;

// What the attribute leaves when it stands above.
#[vthread]
fn above(number: u32) -> u32 {
    let __tracing_attr_guard;
    __tracing_attr_guard = ();
    number
}

#[vthread]
#[instrument(follows_from = causes)]
fn unknown_argument() {}

#[vthread]
#[instrument(skip(number), level = "loud")]
fn unknown_level(number: u32) {
    let _ = number;
}

#[vthread]
#[instrument(skip(numbers))]
fn skips_nothing(number: u32) {
    let _ = number;
}

#[vthread]
#[instrument(err(Pretty))]
fn unknown_form() -> Result<(), String> {
    Ok(())
}

#[vthread]
#[instrument]
#[instrument(name = "again")]
fn twice() {}

struct Store;

#[vthread]
#[instrument]
impl Store {
    fn load(&self) {}
}

#[vthread]
trait Saves {
    #[instrument]
    fn save(&self);
}

fn main() {}
