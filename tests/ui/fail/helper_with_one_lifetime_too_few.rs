//! A collection of what the children borrow is itself borrowed for `'scope`: it would be for ever.
use vthread::sync::Mutex;
use vthread::{Group, prelude::*};

#[vthread]
fn helper<'scope>(
    g: &Group<'scope, String>,
    names: &'scope [String],
    found: &'scope Mutex<Vec<&'scope str>>,
) {
    for name in names {
        spawn!(g => { found.lock().push(name); });
    }
}

#[vthread]
fn f(names: &[String]) -> Result<usize, String> {
    let found = Mutex::new(Vec::new());
    group!(g => { helper(g, names, &found); })?;
    Ok(found.into_inner().len())
}

fn main() {}
