//! Handles that outlive their groups: the last share in a group's node is one that was made by its
//! address.

use super::LONG;
use vthread::prelude::*;
use vthread::{Group, OwnedGroup, yield_now};

#[vthread]
fn of_the_body() -> OwnedGroup {
    group! { yield_now(); Group::current() }
}

#[vthread]
fn inside_a_scope_of_the_body() -> OwnedGroup {
    group! { timeout!(LONG => { yield_now(); Group::current() }).unwrap() }
}

#[vthread]
fn of_a_child() -> OwnedGroup {
    group! { spawn! { yield_now(); Group::current() }.join() }
}

#[vthread]
fn in_recursion(depth: u32) -> OwnedGroup {
    match depth {
        0 => Group::current(),
        _ => in_recursion(depth - 1),
    }
}

#[vthread]
fn below_recursion() -> OwnedGroup {
    group! { in_recursion(2) }
}

#[test]
fn the_last_share_frees_the_group() {
    drop(of_the_body());
    drop(inside_a_scope_of_the_body());
    drop(of_a_child());
    drop(below_recursion());
}

#[vthread]
fn in_others() -> OwnedGroup {
    group! { timeout!(LONG => { group! { yield_now(); Group::current() } }).unwrap() }
}

#[vthread]
fn too_late(g: &OwnedGroup) {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("after the end");
        }
    }
    let bomb = Bomb;
    spawn!(g => { drop(bomb) });
}

/// The report of the panic names the groups around, which are gone.
#[test]
fn a_child_of_an_ended_group_panics() {
    let g = in_others();
    let run = std::panic::AssertUnwindSafe(|| too_late(&g));
    assert!(std::panic::catch_unwind(run).is_err());
}
