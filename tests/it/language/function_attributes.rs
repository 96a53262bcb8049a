//! Attributes in bodies: every kind of statement and expression that rustc allows one on keeps it,
//! with a condition that holds, with one that does not, and with a lint level; as a vthread and as
//! plain Rust.

#![allow(unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks)]
// Blocks around safe code, which a user may write.

// The programs do things that lints warn about.
#![allow(
    unused,
    unreachable_code,
    path_statements,
    for_loops_over_fallibles,
    clippy::all,
    clippy::no_effect_underscore_binding
)]

use std::cell::RefCell;
use vthread::prelude::*;
use vthread::yield_now;

thread_local! {
    static LOG: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// The calls, in order.
fn note(n: u32) -> u32 {
    LOG.with_borrow_mut(|log| log.push(n));
    n
}

#[vthread]
fn one() -> u32 {
    yield_now();
    note(1)
}

#[vthread]
fn two() -> u32 {
    yield_now();
    note(2)
}

#[vthread]
fn some() -> Option<u32> {
    yield_now();
    Some(note(3))
}

fn plain() -> u32 {
    note(4)
}

struct Store {
    n: u32,
}

impl Store {
    fn make(n: u32) -> Self {
        Store { n: note(n) }
    }

    fn add(&self, n: u32) -> u32 {
        note(self.n + n)
    }
}

/// The notes and the result of a program.
fn run(program: impl FnOnce() -> Option<u32>) -> (Option<u32>, Vec<u32>) {
    LOG.take();
    let value = program();
    (value, LOG.take())
}

/// Each row is one program with `@` in place of the attribute; columns are attributes.
macro_rules! same {
    // Every program has these variables, which are declared where the programs are written.
    (with $vars:tt $($name:ident { $($program:tt)* })*) => {
        $(same! { @row $vars $name { $($program)* } })*
    };
    (@row $vars:tt $name:ident { $($program:tt)* }) => {
        mod $name {
            use super::*;
            same! { @put not_there ([cfg(any())] $vars) [] [] $($program)* }
            same! { @put there ([cfg(all())] $vars) [] [] $($program)* }
            same! { @put allowed ([allow(unused)] $vars) [] [] $($program)* }

            #[test]
            fn t01_as_plain_rust() {
                for (vthread, plain) in [
                    (run(not_there::as_vthread), run(not_there::as_plain)),
                    (run(there::as_vthread), run(there::as_plain)),
                    (run(allowed::as_vthread), run(allowed::as_plain)),
                ] {
                    assert_eq!(vthread, plain);
                }
                // The attributes take effect.
                assert_eq!(run(there::as_plain), run(allowed::as_plain));
            }
        }
    };
    // Goes into every group, and comes back out at its end.
    (@put $column:ident $attr:tt [$($around:tt)*] [$($done:tt)*] { $($in:tt)* } $($rest:tt)*) => {
        same! { @put $column $attr [(braces [$($done)*] [$($rest)*]) $($around)*] [] $($in)* }
    };
    (@put $column:ident $attr:tt [$($around:tt)*] [$($done:tt)*] ( $($in:tt)* ) $($rest:tt)*) => {
        same! { @put $column $attr [(parentheses [$($done)*] [$($rest)*]) $($around)*] [] $($in)* }
    };
    (@put $column:ident $attr:tt [$($around:tt)*] [$($done:tt)*] [ $($in:tt)* ] $($rest:tt)*) => {
        same! { @put $column $attr [(brackets [$($done)*] [$($rest)*]) $($around)*] [] $($in)* }
    };
    (@put $column:ident ($attr:tt $vars:tt) $around:tt [$($done:tt)*] @ $($rest:tt)*) => {
        same! { @put $column ($attr $vars) $around [$($done)* #$attr] $($rest)* }
    };
    (@put $column:ident $attr:tt $around:tt [$($done:tt)*] $next:tt $($rest:tt)*) => {
        same! { @put $column $attr $around [$($done)* $next] $($rest)* }
    };
    (@put $column:ident $attr:tt [(braces [$($done:tt)*] [$($rest:tt)*]) $($around:tt)*] [$($in:tt)*]) => {
        same! { @out $column $attr [$($around)*] [$($done)* { $($in)* }] $($rest)* }
    };
    (@put $column:ident $attr:tt [(parentheses [$($done:tt)*] [$($rest:tt)*]) $($around:tt)*] [$($in:tt)*]) => {
        same! { @out $column $attr [$($around)*] [$($done)* ( $($in)* )] $($rest)* }
    };
    (@put $column:ident $attr:tt [(brackets [$($done:tt)*] [$($rest:tt)*]) $($around:tt)*] [$($in:tt)*]) => {
        same! { @out $column $attr [$($around)*] [$($done)* [ $($in)* ]] $($rest)* }
    };
    (@out $column:ident $attr:tt $around:tt $done:tt $($rest:tt)*) => {
        same! { @put $column $attr $around $done $($rest)* }
    };
    (@put $column:ident ($attr:tt ($n:ident $all:ident $store:ident)) [] [$($done:tt)*]) => {
        mod $column {
            use super::*;
            pub(super) fn as_plain() -> Option<u32> {
                let (mut $n, $all, $store) = (0, vec![5, 6], Store { n: 7 });
                $($done)*
                Some($n)
            }
            #[vthread]
            pub(super) fn as_vthread() -> Option<u32> {
                let (mut $n, $all, $store) = (0, vec![5, 6], Store { n: 7 });
                $($done)*
                Some($n)
            }
        }
    };
}

// One row for each kind of `syn::Expr` that may have an attribute as a statement, in their order.
same! {
    with (n all store)
    array { @ [one(), plain()]; }
    block { @ { one(); } }
    block_with_label { @ 'a: { if one() == 1 { break 'a; } two(); } }
    r#break { for _ in 0..2 { one(); @ break; two(); } }
    break_with_value { n = loop { @ break one(); break two(); }; }
    break_with_label { 'a: for _ in 0..2 { @ break 'a; two(); } }
    call { @ one(); }
    call_of_plain { @ plain(); }
    call_of_a_type { @ Store::make(3); }
    closure { @ || one(); }
    r#const { @ const { 1 + 1 }; }
    r#continue { for _ in 0..2 { one(); @ continue; two(); } }
    field { @ Store::make(3).n; }
    for_loop { @ for i in 0..two() { one(); } }
    for_loop_over_a_call { @ for i in some() { n += i; } }
    r#if { @ if one() == 1 { n = two(); } else { plain(); } }
    index { @ all[one() as usize]; }
    if_let { @ if let Some(m) = some() { n = m; } }
    literal { @ 5; }
    endless { @ loop { one(); break; } }
    r#macro { @ note(one()); }
    print { @ print!("{:.0}", one()); }
    println_with_braces { @ print! { "{:.0}", one() } }
    assert { @ assert!(one() == 2 || two() == 2); }
    assert_eq { @ assert_eq!(one(), 1, "{}", plain()); }
    debug_assert { @ debug_assert!(one() == 1); }
    dbg { @ drop(vec![one()]); }
    is_matched { @ matches!(some(), Some(3)); }
    r#match { @ match one() { 1 => { two(); } _ => { plain(); } } }
    method { @ store.add(one()); }
    method_of_std { let mut all = all; @ all.insert(0, one()); n = all[0]; }
    parentheses { @ (one()); }
    path { @ n; }
    raw { @ &raw const n; }
    reference { @ &one(); }
    repeat { @ [one(); 2]; }
    r#return { one(); @ return Some(two()); }
    return_of_plain { @ return Some(9); }
    r#struct { @ Store { n: one() }; }
    r#try { @ None::<u32>?; }
    try_of_a_call { @ some()?; }
    tuple { @ (one(), two()); }
    unary { @ !one(); }
    dereference { @ *&one(); }
    r#unsafe { @ unsafe { one(); } }
    r#while { @ while n < one() { n += 1; two(); } }
    while_let { @ while let (Some(m), 0) = (some(), n) { n = m; } }
}

// Statements that are no expressions.
same! {
    with (n all store)
    r#let { @ let n = one(); }
    let_else { @ let Some(n) = some() else { return None; }; }
    item_fn { fn inner() -> u32 { 8 } { @ fn inner() -> u32 { one() } n = inner(); } }
    item_use { use plain as named; { @ use two as named; n = named(); } }
    item_const { const N: u32 = 1; { @ const N: u32 = 2; n = N; } }
    item_struct { @ struct Q; }
}

// Elements of lists.
same! {
    with (n all store)
    of_array { n = [@ 9, one()][0]; }
    of_array_of_calls { n = [@ two(), one()].iter().sum(); }
    of_tuple { let _ = (@ two(), one()); }
    of_vec { n = vec![@ two(), one()].iter().sum(); }
    of_vec_with_places { n = vec![@ n, one(), n].len() as u32; }
    of_match { match one() { @ 1 => { two(); } _ => { plain(); } } }
    of_parameters { let f = |@ x: u32| one(); }
    of_pattern { let Store { @ n, .. } = Store::make(3); }
}

// Around and inside of rewritten constructs.
same! {
    with (n all store)
    inside_an_if { if one() == 1 { @ return Some(two()); } }
    inside_a_match { match one() { _ => { @ return Some(plain()); } } }
    inside_an_unsafe_block { unsafe { @ one(); } }
    inside_a_closure { let f = || { @ return 9; one() }; n = f(); }
}

/// The constructs have no plain counterpart: under a condition that does not hold they are absent.
mod constructs {
    use super::*;

    #[vthread]
    fn not_there() -> u32 {
        #[cfg(any())]
        group! { note(9); }
        #[cfg(any())]
        shield! { note(9); }
        #[cfg(any())]
        timeout!(std::time::Duration::ZERO => { note(9) });
        #[cfg(any())]
        select! { got = some() => { note(got.unwrap_or(0)); } }
        #[cfg(any())]
        background! { note(9); }
        #[cfg(any())]
        defer! { note(9); }
        #[cfg(all())]
        defer! { note(8); }
        for _ in 0..1 {
            group! {
                #[cfg(any())]
                break;
                #[cfg(any())]
                continue;
                #[cfg(any())]
                return 9;
                #[cfg(any())]
                spawn! { note(9); }
            }
            one();
            return two();
        }
        9
    }

    #[vthread]
    fn a_child_ends_with_one_of_two() -> Result<u32, String> {
        group! {
            let ok = spawn! {
                #[cfg(all())]
                {
                    Ok(one())
                }
                #[cfg(any())]
                {
                    Err("not there".to_owned())
                }
            };
            let other = spawn! {
                #[cfg(any())]
                return Err("not there".to_owned());
                two()
            };
            ok.join() + other.join()
        }
    }

    #[vthread]
    fn the_tail_is_one_of_two() -> u32 {
        #[cfg(any())]
        {
            group! { one() }
        }
        #[cfg(all())]
        group! { two() }
    }

    #[test]
    fn t01_conditions_of_constructs() {
        assert_eq!(run(|| Some(not_there())), (Some(2), vec![1, 2, 8]));
        assert_eq!(a_child_ends_with_one_of_two(), Ok(3));
        assert_eq!(the_tail_is_one_of_two(), 2);
    }
}

mod signatures {
    use super::*;

    #[vthread]
    fn with_a_parameter_less<#[cfg(any())] T, U: From<u8>, #[cfg(any())] const N: usize>() -> U {
        yield_now();
        U::from(7)
    }

    #[vthread]
    fn nested() -> u32 {
        #[cfg(any())]
        #[vthread]
        fn inner() -> u32 {
            9
        }
        #[cfg(all())]
        #[vthread]
        fn inner() -> u32 {
            one()
        }
        #[cfg(any())]
        fn two() -> u32 {
            9
        }
        inner() + two() + with_a_parameter_less::<u32>()
    }

    #[test]
    fn t01_conditions_in_signatures() {
        assert_eq!(nested(), 1 + 2 + 7);
        assert_eq!(with_a_parameter_less::<u64>(), 7);
    }
}
