//! A closure that spawns leaves the group.
use vthread::prelude::*;

#[vthread]
fn f() -> Result<(), String> {
    let mut later: Option<Box<dyn Fn() + Send>> = None;
    group!(g => {
        later = Some(Box::new(|| {
            spawn!(g => { vthread::yield_now(); });
        }));
    })?;
    later.unwrap()();
    Ok(())
}

fn main() {}
