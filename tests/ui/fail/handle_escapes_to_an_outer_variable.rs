//! The group's handle in a variable around the group.
use vthread::Group;
use vthread::prelude::*;

#[vthread]
fn f() -> Result<(), String> {
    let mut outside: Option<&Group<'_, String>> = None;
    group!(g => {
        outside = Some(g);
    })?;
    outside.unwrap().cancel();
    Ok(())
}

fn main() {}
