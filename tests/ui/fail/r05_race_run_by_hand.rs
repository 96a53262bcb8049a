//! A race is run by `race!`: what it calls for that is unsafe, and so no code that forbids this has
//! it.
#![forbid(unsafe_code)]
use std::future::Future;
use vthread::__rt::{RaceFinish, race_runs};
use vthread::Group;

fn by_hand<V, E, F: Future<Output = Result<V, E>>>(
    finish: &RaceFinish<V>,
    group: Group<'_, E>,
    frame: F,
) {
    drop(race_runs(finish, group, frame));
}

fn main() {}
