//! The braces of functions and of our macros are no unnecessary ones.
#![deny(warnings)]

use std::time::Duration;
use vthread::prelude::*;

#[vthread]
fn one() -> u32 { 1 }

fn used(_: u32) {}

struct Store;

#[vthread]
impl Store {
    fn get(&self) -> Result<u32, String> { Ok(one()) }
}

#[vthread]
trait Source {
    fn count(&self) -> u32 { one() }
}

#[vthread]
impl Source for Store {}

context_var! {
    static LEVEL: u32 = 0;
}

#[vthread]
fn all() -> Result<u32, String> {
    let a = group! { spawn! { one() }.join() }?;
    let b = group! { spawn! { Store.get() }.join() }?;
    let c = shield! { one() };
    let d = timeout!(Duration::from_secs(9) => { one() }).unwrap_or(0);
    let e = race!(for n in [1, 2] => { Ok::<u32, String>(n) });
    let f = bind!(LEVEL = 3 => { one() });
    let g = select! { n = one() => { n }, _ = one() => { 2 } };
    let h = catch_unwind! { one() };
    let i = vthread::map_concurrent([1], 1, closure!(|n: u32| { Ok::<_, String>(n) }))?;
    let j = [1].iter().map(|n| { *n }).sum::<u32>();
    defer! { used(one()) }
    group! { spawn! { if a > b { Err("bad".to_owned()) } else { Ok(()) } } }?;
    background! { used(one()) };
    for n in 0..2 { used(n) }
    let k = if a > 1 { one() } else { c };
    let l = match b { 1 => { one() } _ => { 2 } };
    let m = { Store }.get()? + { vec![1] }.first().copied().unwrap_or(0);
    Ok(m + a + b + c + d + e.unwrap_or(0) + f + g + h.unwrap_or(0) + i[0] + j + k + l)
}

fn main() {
    assert!(all().is_ok());
    assert_eq!(Store.count().block(), 1);
}
