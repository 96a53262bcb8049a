//! The error of a group is not dropped silently, nor is that of a call.
#![deny(warnings)]

use vthread::prelude::*;

#[vthread]
fn save() -> Result<(), String> {
    Ok(())
}

struct Store;

#[vthread]
impl Store {
    fn save(&self) -> Result<(), String> {
        save()
    }
}

#[vthread]
fn ignores(store: &Store) -> Result<(), String> {
    group! {
        spawn! { save()?; }
    };
    save();
    store.save();
    Store::save(store);
    Ok(())
}

fn main() {
    Store.save();
    let _ = ignores(&Store);
}
