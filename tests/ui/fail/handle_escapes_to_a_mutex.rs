//! The group's handle in a mutex around the group.
use std::sync::Mutex;
use vthread::Group;
use vthread::prelude::*;

#[vthread]
fn f() -> Result<(), String> {
    let outside: Mutex<Option<&Group<'_, String>>> = Mutex::new(None);
    group!(g => {
        *outside.lock().unwrap() = Some(g);
    })?;
    outside.lock().unwrap().unwrap().cancel();
    Ok(())
}

fn main() {}
