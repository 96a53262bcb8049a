//! Helpers that spawn into their caller's group, in a crate as strict as they come.
#![forbid(unsafe_code)]
#![deny(warnings)]

use vthread::sync::Mutex;
use vthread::{Group, prelude::*};

#[vthread]
fn spawn_all<'scope, 'names>(
    g: &Group<'scope, String>,
    names: &'names [String],
    found: &'scope Mutex<Vec<&'names str>>,
) {
    for name in names {
        spawn!(g => {
            if name.is_empty() {
                return Err(String::from("an empty name"));
            }
            found.lock().push(name);
            Ok(())
        });
    }
}

#[vthread]
fn spawn_tree<'scope>(g: &Group<'scope, String>, depth: u32, leaves: &'scope Mutex<u32>) {
    if depth == 0 {
        *leaves.lock() += 1;
        return;
    }
    for _ in 0..2 {
        spawn!(g => { spawn_tree(g, depth - 1, leaves); });
    }
}

#[vthread]
fn f(names: &[String]) -> Result<usize, String> {
    let (found, leaves) = (Mutex::new(Vec::new()), Mutex::new(0));
    group!(g => {
        spawn_all(g, names, &found);
        spawn_tree(g, 3, &leaves);
    })?;
    assert_eq!(leaves.into_inner(), 8);
    Ok(found.into_inner().len())
}

fn main() {
    assert_eq!(f(&[String::from("a"), String::from("b")]), Ok(2));
    assert_eq!(f(&[String::new()]), Err(String::from("an empty name")));
}
