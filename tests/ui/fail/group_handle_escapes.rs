//! A group's handle stays in the group's body and children.
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn as_value() {
    let escaped = group!(g => { g });
    drop(escaped);
}

#[vthread]
fn into_a_variable() {
    let mut escaped = None;
    group!(g => {
        escaped = Some(g);
    });
    drop(escaped);
}

#[vthread]
fn into_a_mutex() {
    let escaped = std::sync::Mutex::new(None);
    group!(g => {
        escaped.lock().unwrap().replace(g);
    });
    drop(escaped);
}

#[vthread]
fn of_an_inner_group_in_an_outer_child() {
    group!(outer => {
        group!(inner => {
            spawn!(outer => {
                spawn!(inner => { yield_now(); });
            });
        });
    });
}

fn main() {}
