//! Options that it does not know, or cannot use.

#[vthread::test(start_paused = true)]
fn of_another_library() {}

#[vthread::test(virtual_time = true)]
fn with_a_value() {}

#[vthread::test(seed)]
fn without_a_value() {}

#[vthread::test(seed = 1, seeds = 10)]
fn with_both() {}

#[vthread::test(virtual_time, seeds = 0)]
fn with_none() {}

fn main() {}
