//! `macro_rules!` macros that make vthread functions, contain vthread calls, or collide with names.

use super::proof::{begin, give, num, pause, suspends, suspends_and_blocks};
use std::fmt::Write as _;
use vthread::prelude::*;

macro_rules! getter {
    ($(#[$meta:meta])* $vis:vis $name:ident($arg:ident: $ty:ty) -> $ret:ty = $body:expr) => {
        $(#[$meta])*
        #[vthread]
        $vis fn $name($arg: $ty) -> $ret {
            pause();
            $body
        }
    };
}

getter! {
    /// Made by a macro.
    pub(super) doubled(n: u32) -> u32 = n + num(n)
}
getter!(length(text: &str) -> usize = text.len());

macro_rules! blocks {
    ($name:ident, $($body:tt)*) => {
        #[vthread]
        fn $name() -> u32 {
            begin().await;
            $($body)*
        }
    };
}

blocks!(from_tokens, let n = num(3); doubled(n) + num(n));

macro_rules! whole {
    ($body:block, $ty:ty, $lifetime:lifetime, $pat:pat, $a:ident, $literal:literal, $path:path) => {
        #[vthread]
        fn whole<$lifetime>(text: &$lifetime $ty, pair: (u32, u32)) -> (&$lifetime $ty, u32) {
            begin().await;
            let $pat = pair;
            let n: u32 = $body;
            (text, n + $path($literal) + $a)
        }
    };
}

whole!({ num(1) + num(2) }, str, 'x, (a, _), a, 7, super::proof::num);

macro_rules! wrapped {
    ($item:item) => {
        #[vthread]
        $item
    };
}

wrapped! {
    fn from_item(n: u32) -> u32 {
        num(n) + 1
    }
}

struct Made(u32);

macro_rules! methods {
    ($ty:ty { $($name:ident => $field:tt),* }) => {
        #[vthread]
        impl $ty {
            $(fn $name(&self, n: u32) -> u32 {
                pause();
                self.$field + n
            })*
        }
    };
}

methods!(Made { one => 0, two => 0 });

macro_rules! shape {
    ($name:ident: $($method:ident),*) => {
        #[vthread]
        trait $name {
            $(fn $method(&self) -> u32;)*
        }
        #[vthread]
        impl $name for Made {
            $(fn $method(&self) -> u32 {
                pause();
                self.0
            })*
        }
    };
}

shape!(Shape: corners, edges);

#[vthread]
fn uses() -> (u32, usize) {
    begin().await;
    let made = Made(1);
    let n = doubled(2) + from_item(3) + made.one(1) + made.two(2) + made.corners() + made.edges();
    (n, length("abc"))
}

#[test]
fn functions_made_by_macros() {
    assert_eq!(suspends(2 + 1 + 4 + 1, uses), (4 + 4 + 2 + 3 + 1 + 1, 3));
    assert_eq!(suspends(4, from_tokens), 9);
    assert_eq!(suspends(3, || whole("a", (5, 6))), ("a", 15));
    assert_eq!(doubled(1), 2);
}

macro_rules! call {
    ($n:expr) => {
        num($n)
    };
}

macro_rules! evaluated {
    ($value:expr) => {
        $value
    };
    ($first:expr, $($rest:expr),*) => {
        $first + evaluated!($($rest),*)
    };
}

macro_rules! declared {
    ($name:ident = $value:expr) => {
        let $name = $value;
    };
}

#[vthread]
fn unknown_macros_block() -> u32 {
    begin().await;
    declared!(n = num(1));
    let twice = num(n) + evaluated!(num(2), call!(3), n);
    declared!(m = twice + 1);
    m + num(n)
}

#[test]
fn calls_in_unknown_macros_block() {
    assert_eq!(
        suspends_and_blocks(2, 3, unknown_macros_block),
        1 + 6 + 1 + 1
    );
}

macro_rules! expr_fn {
    ($name:ident, $value:expr, $op:tt, $other:expr) => {
        #[vthread]
        fn $name(sum: u32) -> u32 {
            begin().await;
            let shadow = num(10);
            $value $op $other + shadow + sum
        }
    };
}

const SHADOW: u32 = 1;
expr_fn!(precedence, num(SHADOW) + num(2), *, num(3));

#[test]
fn expressions_keep_their_precedence() {
    assert_eq!(suspends(4, || precedence(100)), (1 + 2) * 3 + 10 + 100);
}

macro_rules! hygienic {
    ($n:ident, $value:expr) => {
        #[vthread]
        fn hygienic($n: u32) -> u32 {
            begin().await;
            let n = num(50);
            let own = { n };
            $value + own
        }
    };
}
hygienic!(n, n + num(n));

#[test]
fn variables_of_a_macro_are_not_those_of_its_user() {
    assert_eq!(suspends(2, || hygienic(1)), 1 + 1 + 50);
}

#[vthread]
fn known() -> Result<String, std::fmt::Error> {
    begin().await;
    let mut text = String::new();
    write!(text, "{:>1$}|{n:?}|{}", num(1), give(3), n = Some(num(4)))?;
    writeln!(text)?;
    std::write!(&mut text, "{0}{0}{name}", num(5), name = give("x"))?;
    let width = 4;
    text += &format!("{:width$}{:#x}{{}}", num(6), num(255));
    std::assert_eq!(num(1), 1);
    assert!(num(1) == 1 && give(true), "{}", num(0));
    assert!(!give(false));
    debug_assert_ne!(num(1), num(2), "never {}", num(0));
    let v = vec![num(1), num(2)];
    let n = vec![give(Some(1)); give(2)]
        .into_iter()
        .flatten()
        .sum::<u32>();
    let nested = format!("{}", format!("{}", vec![num(v[0]), n].len()));
    let m = matches!(num(3), 1..=3 if num(n) == 2);
    let line = line!() > 0 && cfg!(test) && !stringify!(num(1)).is_empty();
    text += concat!("a", 1);
    Ok(text + &nested + if m && line { "!" } else { "?" })
}

#[test]
fn known_macros_suspend() {
    let text = suspends(3 + 2 + 2 + 1 + 2 + 1 + 2 + 2 + 2 + 1 + 2, known).unwrap();
    assert_eq!(text, "  1|Some(4)|3\n55x   60xff{}a12!");
}

mod own_macros {
    //! Macros of the user's that have the names of known ones: calls in them block, as in any other
    //! macro.
    use super::*;

    macro_rules! vec {
        ($($n:expr),*) => { [$($n),*].len() };
    }
    macro_rules! format {
        ($a:ident => $b:expr) => {
            ($a, $b)
        };
    }

    #[vthread]
    fn all() -> (usize, (u32, u32)) {
        begin().await;
        let n = num(1);
        (vec![num(1), num(2)], format!(n => 3))
    }

    #[test]
    fn named_like_known_ones() {
        assert_eq!(suspends_and_blocks(1, 2, all), (2, (1, 3)));
    }
}

macro_rules! outer {
    ($name:ident, $inner:ident) => {
        macro_rules! $name {
            ($n:expr) => {
                #[vthread]
                fn $inner() -> u32 {
                    begin().await;
                    num($n)
                }
            };
        }
    };
}
outer!(make_inner, from_nested_macro);
make_inner!(5);

#[test]
fn macros_that_make_macros() {
    assert_eq!(suspends(1, from_nested_macro), 5);
}

macro_rules! in_group {
    ($n:expr, $body:expr) => {
        #[vthread]
        fn grouped() -> u32 {
            begin().await;
            let outside = $n;
            group! {
                let inside = $n;
                let task = spawn! { outside + inside + $body };
                task.join() + num($n)
            }
        }
    };
}
in_group!(2, num(1));

#[test]
fn groups_in_macros() {
    assert_eq!(suspends(1, grouped), 7);
}

macro_rules! with_statement {
    ($s:stmt, $e:expr) => {
        #[vthread]
        fn with_a_let() -> u32 {
            begin().await;
            $s;
            num($e)
        }
    };
}
with_statement!(let n = num(3), n + 1);

#[test]
fn t13_a_let_that_a_macro_passes_on() {
    assert_eq!(suspends(2, with_a_let), 4);
}

macro_rules! service {
    ($module:ident, $answer:ty) => {
        mod $module {
            use vthread::prelude::*;

            #[vthread]
            pub(super) trait Service {
                fn answer(&self, n: u32) -> $answer;
            }
        }
    };
}
service!(users, u32);
service!(orders, String);

struct Both;

#[vthread]
impl users::Service for Both {
    fn answer(&self, n: u32) -> u32 {
        num(n * 2)
    }
}

#[vthread]
impl orders::Service for Both {
    fn answer(&self, n: u32) -> String {
        num(n).to_string()
    }
}

#[vthread]
impl Both {
    fn answer(&self) -> u32 {
        num(1)
    }
}

#[vthread]
fn asked<U: users::Service, O: orders::Service>(users: &U, orders: &O) -> (u32, String) {
    begin().await;
    (users.answer(4), orders.answer(5))
}

#[vthread]
fn asked_itself() -> u32 {
    begin().await;
    Both.answer()
}

/// The same types by name, in blocks of their own.
#[vthread]
fn asked_elsewhere() -> u32 {
    use users::Service;
    begin().await;
    struct Both;
    #[vthread]
    impl Service for Both {
        fn answer(&self, n: u32) -> u32 {
            num(n * 3)
        }
    }
    Both.answer(2)
}

#[test]
fn t13_a_trait_that_a_macro_makes_twice() {
    assert_eq!(suspends(2, || asked(&Both, &Both)), (8, "5".to_owned()));
    assert_eq!(suspends(1, asked_itself), 1);
    assert_eq!(suspends(1, asked_elsewhere), 6);
}
