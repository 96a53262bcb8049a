//! The guard of a span that lives across a suspension gets a warning at the suspension.
#![deny(deprecated)]
use std::time::Duration;
use tracing::info_span;
use vthread::prelude::*;
use vthread::time::sleep;

#[vthread]
fn entered() {
    let _guard = info_span!("a span").entered();
    sleep(Duration::ZERO);
}

#[vthread]
fn enter(span: &tracing::Span) {
    let guard = span.enter();
    sleep(Duration::ZERO);
    drop(guard);
    sleep(Duration::ZERO);
    {
        let _until_here = span.enter();
    }
    sleep(Duration::ZERO);
}

#[vthread]
fn around_a_group() {
    let span = info_span!("a span");
    let _guard = span.enter();
    group! {
        spawn! { sleep(Duration::ZERO) };
    }
}

fn main() {}
