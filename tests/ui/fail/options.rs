//! Unknown and misplaced options, reported together.
use vthread::prelude::*;

#[vthread]
fn groups() {
    group!(on_failure = keep => {});
    group!(grace = 1 => {});
    group!(max_concurency = 3 => {});
    group!(max_concurrency => {});
    group!(max_concurrency = 3, g => {});
    group!(max_concurrency = 3, max_concurrency = 4 => {});
    group!(name = "x");
    group!(move => {});
    group! {
        spawn!(nme = "x" => {});
        spawn!(service, g => {});
        spawn!(max_concurrency = 1 => {});
        spawn!(name => {});
    }
}

#[vthread(bxed)]
fn attribute() {}

#[vthread(dyn)]
fn on_a_function() {}

#[vthread(local)]
trait OnATrait {}

fn main() {
    groups();
    attribute();
    on_a_function();
}
