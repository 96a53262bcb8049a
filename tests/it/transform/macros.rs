//! Calls in the arguments of std's macros suspend; other macros are left alone.

use std::fmt::Write as _;
use vthread::prelude::*;
use vthread::yield_now;

#[vthread]
fn number(n: u32) -> u32 {
    yield_now();
    n
}

#[vthread]
fn text(s: &str) -> String {
    yield_now();
    s.to_uppercase()
}

#[vthread]
fn some(n: u32) -> Option<u32> {
    yield_now();
    Some(n)
}

struct Store;

#[vthread]
impl Store {
    fn get(&self, n: u32) -> u32 {
        yield_now();
        n
    }
}

#[vthread]
fn formats() -> String {
    let store = Store;
    let inline = "inline";
    format!(
        "{} {inline} {:?} {x:>3} {}",
        number(1),
        some(2),
        text("q").len(),
        x = store.get(3)
    )
}

#[vthread]
fn asserts() {
    let store = Store;
    assert_eq!(number(3), store.get(3), "message {}", number(9));
    assert_ne!(text("x"), "x");
    assert!(some(1).is_some());
    assert!(number(1) == 1, "message");
    debug_assert!(number(1) == 1);
}

#[vthread]
fn collections() -> (Vec<u32>, Vec<u32>) {
    (
        vec![number(1), Store.get(2), number(3)],
        vec![number(7); number(2) as usize],
    )
}

#[vthread]
fn writes() -> String {
    let mut buffer = String::new();
    write!(buffer, "{}", number(5)).unwrap();
    writeln!(&mut buffer, "{}", text(&text("q"))).unwrap();
    buffer
}

#[vthread]
fn matching() -> bool {
    matches!(some(3), Some(n) if n > 2) && matches!(number(1), 1 | 2)
}

#[vthread]
fn diverging(n: u32) -> u32 {
    if number(n) == 9 {
        panic!("bad {}", number(9))
    }
    if number(n) == 8 {
        unreachable!("{}", text("u"))
    }
    number(n)
}

#[vthread]
fn keeps_the_text(n: u32) {
    assert!(number(n) == 1);
}

#[test]
fn arguments() {
    assert_eq!(formats(), "1 inline Some(2)   3 1");
    asserts();
    assert_eq!(collections(), (vec![1, 2, 3], vec![7, 7]));
    assert_eq!(writes(), "5Q\n");
    assert!(matching());
    assert_eq!(diverging(1), 1);
}

fn panic_text(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let payload = std::panic::catch_unwind(f).unwrap_err();
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap()
}

#[test]
fn a_failed_assertion_says_what_the_user_wrote() {
    assert_eq!(
        panic_text(|| keeps_the_text(2)),
        "assertion failed: number(n) == 1"
    );
    assert_eq!(panic_text(|| assert_eq!(diverging(9), 9)), "bad 9");
}

macro_rules! twice {
    ($value:expr) => {{
        let first = $value;
        first + $value
    }};
}

#[vthread]
fn unknown_macros() -> Vec<u32> {
    let mut out = Vec::new();
    let shared = vthread::sync::Mutex::new(&mut out);
    group! {
        for i in 0..2_u32 {
            let name = String::from("n");
            spawn! {
                let value = twice!(i + name.len() as u32);
                shared.lock().push(value);
            }
        }
    }
    super::sorted(out)
}

#[test]
fn captures_are_found_in_unknown_macros() {
    assert_eq!(unknown_macros(), [2, 4]);
}
