//! Another crate's traits, implemented here.

use exporter::handlers::{self, Echo, Handler};
use exporter::proof::{begin, n_pauses, pause};
use exporter::stores::{Memory, Store as Saves, double};
use std::sync::Arc;
use vthread::prelude::*;

struct Constant(u32);

#[vthread]
impl Saves for Constant {
    type Value = u32;

    fn find(&self, _: &str) -> Option<u32> {
        pause();
        Some(self.0)
    }
    fn save(&mut self, _: &str, value: u32) {
        pause();
        self.0 = value;
    }
}

struct Loud<H>(H);

#[vthread(dyn)]
impl<H: Handler> Handler for Loud<H> {
    fn handle(&self, request: &str) -> Result<String, String> {
        Ok(self.0.handle(request)?.to_uppercase())
    }
}

#[vthread]
fn statically() -> u32 {
    begin().await;
    let mut constant = Constant(2);
    let mut memory = Memory::default();
    let doubled = double(&mut constant, "a") + double(&mut memory, "a") + double(&mut memory, "a");
    let (a, b) = constant.both("a", "b").unwrap();
    let (c, d) = memory.both("a", "a").unwrap();
    doubled + a + b + c + d + constant.name().len() as u32 + constant.find("").unwrap()
}

#[test]
fn static_dispatch() {
    assert_eq!(statically(), 4 + 2 + 4 + 8 + 8 + 5 + 4);
    assert_eq!(n_pauses(), 6 + 4 + 1);
}

#[vthread]
fn dynamically() -> Result<String, String> {
    begin().await;
    let boxed: Vec<Box<dyn Handler>> = vec![Box::new(Echo), Box::new(Loud(Loud(Echo)))];
    let shared: Arc<dyn Handler> = Arc::new(Loud(Echo));
    let text = handlers::all(&boxed, "a")?.concat() + &shared.handle("b")?;
    Ok(text + &boxed[1].twice("c")? + &boxed[0].handle("").unwrap_err())
}

#[test]
fn dynamic_dispatch() {
    assert_eq!(dynamically().unwrap(), "aABCCempty");
    assert_eq!(n_pauses(), 2 + 1 + 2 + 1);
}
