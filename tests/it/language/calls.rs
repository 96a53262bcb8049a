//! Calls: where they can stand, and how they can be written.

use super::proof::{begin, give, num, pause, suspends};
use vthread::prelude::*;

#[vthread]
fn add(a: u32, b: u32) -> u32 {
    pause();
    a + b
}

#[vthread]
fn generic<A, B: From<A>>(a: A) -> B {
    pause();
    a.into()
}

#[vthread]
fn tuple() -> (u32, (String, [u8; 2])) {
    pause();
    (1, (String::from("ab"), [3, 4]))
}

mod deep {
    pub(super) mod er {
        use super::super::super::proof::num;
        #[vthread::vthread]
        pub(in super::super) fn down(n: u32) -> u32 {
            num(n) + self::own() + super::up()
        }
        #[vthread::vthread]
        fn own() -> u32 {
            num(10)
        }
    }
    #[vthread::vthread]
    fn up() -> u32 {
        super::num(100)
    }
}

#[vthread]
fn paths() -> u32 {
    begin().await;
    num(1)
        + self::num(1)
        + super::proof::num(1)
        + crate::language::proof::num(1)
        + deep::er::down(1)
        + self::deep::er::down(1)
        + self::super::proof::num(1)
}

#[test]
fn paths_of_every_kind() {
    assert_eq!(suspends(5 + 6, paths), 5 + 222);
}

#[vthread]
fn nested() -> u32 {
    begin().await;
    add(add(num(1), num(2)), add(num(3), add(num(4), 5)))
}

#[test]
fn calls_in_arguments() {
    assert_eq!(suspends(8, nested), 15);
}

#[vthread]
fn turbofish() -> u64 {
    begin().await;
    let a = generic::<u32, u64>(num(1));
    let b: u64 = generic(2_u32);
    let c = generic::<_, u64>(3_u8);
    let d = give::<u64>(4);
    let e = self::generic::<u16, u64>(5) + d;
    a + b + c + e
}

#[test]
fn generic_arguments() {
    assert_eq!(suspends(6, turbofish), 15);
}

#[vthread]
#[rustfmt::skip]
fn spellings() -> u32 {
    begin().await;
    let a = num (1) + num(1,) + num( // a comment
        1
    ) + (num)(1) + ((num))(1);
    let b = {num}(1);
    a + b
}

#[test]
fn spellings_of_a_call() {
    // A callee in parentheses or braces is a value: the blocking facade.
    let n = super::proof::suspends_and_blocks(3, 3, spellings);
    assert_eq!(n, 6);
}

#[vthread]
fn fields() -> usize {
    begin().await;
    let a = tuple().0 as usize + tuple().1.0.len() + tuple().1.1[1] as usize;
    let (n, (text, [x, _])) = tuple();
    a + n as usize + text.len() + x as usize + give((5,)).0
}

#[test]
fn fields_of_results() {
    assert_eq!(suspends(5, fields), 1 + 2 + 4 + 1 + 2 + 3 + 5);
}

#[vthread]
fn called_results() -> u32 {
    begin().await;
    let f = give(|n: u32| n + 1);
    let g: fn(u32) -> u32 = give(plain);
    f(num(1))
        + g(num(2))
        + give(plain)(num(3))
        + (if num(1) == 1 { plain } else { more })(4)
        + [plain, more][num(1) as usize](5)
}

fn plain(n: u32) -> u32 {
    n
}

fn more(n: u32) -> u32 {
    n + 10
}

#[test]
fn results_that_are_called() {
    assert_eq!(suspends(8, called_results), 2 + 2 + 3 + 4 + 15);
}

struct Callbacks {
    run: fn(u32) -> u32,
    boxed: Box<dyn Fn(u32) -> u32 + Send + Sync>,
}

#[vthread]
fn called_fields() -> u32 {
    begin().await;
    let all = Callbacks {
        run: plain,
        boxed: Box::new(|n| n * 2),
    };
    let pair = (more, 1);
    (all.run)(num(1)) + (all.boxed)(num(2)) + (pair.0)(num(pair.1))
}

#[test]
fn fields_that_are_called() {
    assert_eq!(suspends(3, called_fields), 1 + 4 + 11);
}

#[vthread]
fn references() -> u32 {
    begin().await;
    let n = &num(1);
    let m = &mut num(2);
    *m += *n + *&num(3);
    let nested = &&&num(4);
    *m + ***nested + *&*&num(5)
}

#[test]
#[allow(clippy::deref_addrof)]
fn references_to_results() {
    assert_eq!(suspends(5, references), 6 + 4 + 5);
}

#[vthread]
fn takes_references(a: &u32, b: &mut u32, c: &[u32], d: Option<&u32>) -> u32 {
    pause();
    *b += 1;
    a + *b + c.len() as u32 + d.copied().unwrap_or_default()
}

#[vthread]
fn reference_arguments() -> u32 {
    begin().await;
    let mut n = 1;
    takes_references(&num(1), &mut num(2), &[num(1)], Some(&num(3)))
        + takes_references(&1, &mut n, &vec![1, 2], None)
        + takes_references(&n.clone(), &mut n, &[], Some(&4))
}

#[test]
#[allow(clippy::useless_vec)]
fn references_as_arguments() {
    assert_eq!(suspends(7, reference_arguments), 8 + 5 + 9);
}

#[vthread]
fn coerces() -> (String, usize, Box<dyn std::fmt::Display>) {
    begin().await;
    let owned = String::from("deref");
    let text: &str = give(&owned);
    let slice: &[u32] = give(&[1, 2, 3]);
    let boxed: Box<dyn std::fmt::Display> = Box::new(num(5));
    let function: fn(u32) -> u32 = more;
    let never = if num(1) == 2 { panic!() } else { num(7) };
    (
        text.to_owned(),
        slice.len() + function(never) as usize,
        boxed,
    )
}

#[test]
fn coercions_of_results() {
    let (text, n, boxed) = suspends(5, coerces);
    assert_eq!(
        (text.as_str(), n, boxed.to_string().as_str()),
        ("deref", 20, "5")
    );
}

#[vthread]
fn long_lists(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32) -> u32 {
    pause();
    a + b + c + d + e + f + g + h + i
}

#[vthread]
fn many_arguments() -> u32 {
    begin().await;
    long_lists(num(1), 2, num(3), 4, num(5), 6, 7, 8, num(9))
}

#[test]
#[allow(clippy::too_many_arguments)]
fn nine_arguments() {
    assert_eq!(suspends(5, many_arguments), 45);
}

#[vthread]
#[allow(unused_must_use, dropping_copy_types)]
fn discarded() {
    begin().await;
    num(1);
    let _ = num(2);
    _ = num(3);
    drop(give(String::new()));
    (num(4), num(5));
    &num(6);
    std::mem::drop(num(7));
}

#[test]
fn values_that_are_thrown_away() {
    suspends(8, discarded);
}
