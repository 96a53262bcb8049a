//! A child deep in a tree of groups panics.

use vthread::prelude::*;

#[vthread]
fn fetch(url: &str) {
    assert!(!url.is_empty(), "an empty URL");
}

#[vthread]
fn crawl(urls: &[&str]) {
    group!(name = "batch" => {
        group!(name = "pages" => {
            for url in urls {
                spawn! { fetch(url); }
            }
        });
    });
}

#[vthread]
fn main() {
    group!(name = "sites" => {
        spawn!(name = "crawler" => { crawl(&["a", ""]); });
    });
}
