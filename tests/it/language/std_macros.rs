//! Std's macros: calls in their arguments suspend; other macros are left alone.

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
    super::fetching::sorted(out)
}

#[test]
fn captures_are_found_in_unknown_macros() {
    assert_eq!(unknown_macros(), [2, 4]);
}

/// A user's own macros with names of std's, called by their path: they receive the tokens as
/// written.
mod own {
    macro_rules! dbg {
        ($shown:expr) => {
            stringify!($shown)
        };
    }
    macro_rules! eprintln {
        ($($ignored:tt)*) => {};
    }
    pub(super) use {dbg, eprintln};
}

/// Macros of well-known crates do too.
macro_rules! ensure {
    ($condition:expr) => {
        if !$condition {
            return Err(format!("Condition failed: `{}`", stringify!($condition)));
        }
    };
    ($condition:expr, $($message:tt)*) => {
        if !$condition {
            return Err(format!($($message)*));
        }
    };
}

#[vthread]
fn ensured(n: u32) -> Result<u32, String> {
    let store = Store;
    ensure!(n > 0);
    ensure!(store.get(n) == 1, "no {}", store.get(n));
    ensure!(store.get(n) != number(n));
    Ok(n)
}

#[vthread]
fn owned() -> (&'static str, bool) {
    let evaluated = std::cell::Cell::new(false);
    own::eprintln!("{}", {
        evaluated.set(true);
        number(1)
    });
    (own::dbg!(number(1)), evaluated.get())
}

/// Macros that this file declares or imports by name.
mod own_here {
    use super::{number, vthread};
    use others::matches;

    macro_rules! dbg {
        ($shown:expr) => {
            stringify!($shown)
        };
    }
    macro_rules! eprintln {
        ($($ignored:tt)*) => {
            ()
        };
    }
    mod others {
        macro_rules! matching {
            ($value:expr, $pattern:pat) => {
                match $value {
                    $pattern => stringify!($value),
                    _ => stringify!($pattern),
                }
            };
        }
        pub(super) use matching as matches;
    }

    #[vthread]
    pub(super) fn shown(n: u32) -> [&'static str; 3] {
        macro_rules! assert_eq {
            ($a:expr, $b:expr) => {
                if $a == $b { "" } else { stringify!($a) }
            };
        }
        eprintln!("{}", panic!("of {}", number(n)));
        let different = assert_eq!(number(n), number(2));
        [dbg!(number(n)), matches!(number(n), 1), different]
    }

    pub(super) fn shown_in_plain_code(n: u32) -> [&'static str; 2] {
        [dbg!(number(n)), matches!(number(n), 1)]
    }
}

#[test]
fn t04_macros_that_the_file_has_under_names_of_stds() {
    let shown = own_here::shown(1);
    assert_eq!(shown, ["number(n)", "number(n)", "number(n)"]);
    assert_eq!(shown[..2], own_here::shown_in_plain_code(1));
    assert_eq!(own_here::shown(2), ["number(n)", "1", ""]);
}

#[test]
fn t04_macros_under_names_of_stds() {
    assert_eq!(owned(), ("number(1)", false));
    assert_eq!(ensured(0), Err("Condition failed: `n > 0`".into()));
    assert_eq!(ensured(2), Err("no 2".into()));
    let shown = "Condition failed: `store.get(n) != number(n)`";
    assert_eq!(ensured(1), Err(shown.into()));
}

/// A user's modules with names that std has for both a macro and a module.
mod beside_modules {
    mod panic {}
    mod vec {}

    #[super::vthread]
    pub(super) fn made(n: u32) -> Vec<u32> {
        if n > 1 {
            panic!("more than {}", super::number(1));
        }
        let vec = vec![super::number(n)];
        vec![vec[0], super::number(2)]
    }
}

#[test]
fn t04_modules_under_names_of_stds_macros() {
    assert_eq!(beside_modules::made(1), [1, 2]);
}

#[vthread]
fn asserted() {
    assert!(number(1) == 2);
}

#[vthread]
fn asserted_in_braces() {
    assert!(number(1) == { 2 });
}

#[test]
fn t07_the_payload_of_an_assertion_is_a_str() {
    let payload = |failing: fn()| {
        let payload = std::panic::catch_unwind(failing).unwrap_err();
        let message = payload.downcast_ref::<&'static str>();
        message.map(|text| text.replace(' ', ""))
    };
    assert_eq!(
        payload(asserted),
        Some("assertionfailed:number(1)==2".into())
    );
    assert_eq!(
        payload(asserted_in_braces),
        Some("assertionfailed:number(1)=={2}".into())
    );
}

#[vthread]
fn joined(a: String, b: String) -> String {
    a + &b
}

/// Each of these takes a lock, whose guard the macro drops, and takes it again in one statement.
#[vthread]
fn temporaries() -> (String, u32, bool, bool) {
    let n = vthread::sync::Mutex::new(1);
    let twice = joined(format!("{}", n.lock()), format!("{}", n.lock()));
    let in_arm = match format!("{}", n.lock()).as_str() {
        "1" => *n.lock() + 1,
        _ => 0,
    };
    let tested = (assert!(*n.lock() == 1), n.try_lock().is_some()).1;
    let printed = (println!("{}", n.lock()), n.try_lock().is_some()).1;
    (twice, in_arm, tested, printed)
}

/// The message is evaluated when the test's temporaries are gone.
#[vthread]
fn failing(n: &vthread::sync::Mutex<u32>) {
    assert!(*n.lock() == 2, "free: {}", n.try_lock().is_some());
}

#[test]
fn temporaries_end_with_the_macro() {
    assert_eq!(temporaries(), ("11".to_owned(), 2, true, true));
    let n = vthread::sync::Mutex::new(1);
    let text = panic_text(std::panic::AssertUnwindSafe(|| failing(&n)));
    assert_eq!(text, "free: true");
}
