//! A child hands the group's handle to the outside.
use std::sync::Mutex;
use vthread::Group;
use vthread::prelude::*;

#[vthread]
fn f() -> Result<(), String> {
    let outside: Mutex<Option<&Group<'_, String>>> = Mutex::new(None);
    group!(g => {
        spawn!(g => {
            spawn!(g => { vthread::yield_now(); });
            *outside.lock().unwrap() = Some(g);
        });
    })?;
    outside.lock().unwrap().unwrap().cancel();
    Ok(())
}

fn main() {}
