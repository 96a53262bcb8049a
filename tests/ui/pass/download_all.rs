//! The first program of the documentation, in a crate as strict as they come.
#![forbid(unsafe_code)]
#![deny(warnings)]

use std::collections::HashMap;
use std::io;
use vthread::{prelude::*, sync::Mutex};

#[vthread]
fn fetch_url(url: &str) -> io::Result<String> {
    vthread::yield_now();
    if url.is_empty() {
        return Err(io::Error::other("no URL"));
    }
    Ok(format!("page {url}"))
}

#[vthread]
fn download_all(urls: &[String]) -> io::Result<HashMap<String, String>> {
    let results = Mutex::new(HashMap::new());
    group! {
        for url in urls {
            spawn! {
                let body = fetch_url(url)?;
                results.lock().insert(url.clone(), body);
            }
        }
    }?;
    Ok(results.into_inner())
}

fn main() {
    let urls: Vec<String> = (0..20).map(|i| i.to_string()).collect();
    let pages = download_all(&urls).unwrap();
    assert_eq!(pages.len(), 20);
    assert_eq!(pages["7"], "page 7");
    assert!(download_all(&[String::new()]).is_err());
}
