//! Names that shadow functions, std, our macros and one another, in every scope.

use super::proof::{begin, give, num, pause, suspends};
use vthread::prelude::*;

#[vthread]
fn step(n: u32) -> u32 {
    pause();
    n + 1
}

#[vthread]
fn by_variables() -> Vec<u32> {
    begin().await;
    let mut out = vec![step(0)];
    let step = |n: u32| n * 100;
    out.push(step(1));
    {
        let step = |n: u32| n * 1000;
        out.push(step(1));
    }
    let step = |n| step(n) + 1;
    out.push(step(1));
    for step in [|n: u32| n + 7, |n| n + 8] {
        out.push(step(0));
    }
    if let Some(step) = Some(|n: u32| n + 9) {
        out.push(step(0));
    }
    match (|n: u32| n + 10,) {
        (step,) => out.push(step(0)),
    }
    let run = |step: fn(u32) -> u32| step(11);
    out.push(run(|n| n));
    out.push(self::step(0));
    out
}

#[vthread]
fn by_arguments(step: impl Fn(u32) -> u32, num: fn(u32) -> u32, pause: u32) -> u32 {
    begin().await;
    step(1) + num(2) + pause + give(3)
}

#[test]
fn variables_shadow_functions() {
    let expected = [1, 100, 1000, 101, 7, 8, 9, 10, 11, 1];
    assert_eq!(suspends(2, by_variables), expected);
    assert_eq!(suspends(1, || by_arguments(|n| n, |n| n, 4)), 10);
}

#[vthread]
fn in_scopes() -> Vec<u32> {
    begin().await;
    let mut out = vec![];
    {
        let step = |n: u32| n;
        out.push(step(5));
    }
    out.push(step(5));
    if let Some(step) = Some(|n: u32| n) {
        out.push(step(1));
    } else {
        out.push(step(1));
    }
    for step in 0..1 {
        out.push(step);
    }
    out.push(step(1));
    let value = step(step(1));
    let step = step(value);
    out.push(step);
    let (step, other) = (self::step(1), step);
    out.extend([step, other]);
    while let Some(step) = out.pop() {
        if step < 4 {
            out.push(self::step(step));
            break;
        }
    }
    out
}

#[test]
fn a_shadow_ends_with_its_scope() {
    assert_eq!(suspends(7, in_scopes), [5, 6, 1, 0, 2, 4, 3]);
}

#[vthread]
fn by_items() -> u32 {
    begin().await;
    fn step(n: u32) -> u32 {
        n * 100
    }
    let a = step(1);
    let b = {
        #[vthread]
        fn step(n: u32) -> u32 {
            pause();
            n * 10
        }
        step(1)
    };
    let c = {
        use super::proof::num as step;
        step(3)
    };
    let d = {
        use inner::*;
        go(4)
    };
    a + b + c + d + early(5) + {
        // Items are visible above their definition.
        return_later(6)
    }
}

fn return_later(n: u32) -> u32 {
    n
}

#[vthread]
fn early(n: u32) -> u32 {
    let result = late(n);
    fn late(n: u32) -> u32 {
        n
    }
    result
}

mod inner {
    #[vthread::vthread]
    pub(super) fn go(n: u32) -> u32 {
        super::pause();
        n
    }
}

#[test]
fn items_shadow_functions() {
    assert_eq!(suspends(3, by_items), 100 + 10 + 3 + 4 + 5 + 6);
}

/// Variables with the names that expansions and programs use.
#[vthread]
#[allow(non_snake_case, clippy::many_single_char_names)]
fn odd_variables() -> u32 {
    begin().await;
    let vthread = num(1);
    let core = num(1);
    let std = num(1);
    let spawn = num(1);
    let group = num(1);
    let __x = num(1);
    let __t = num(1);
    let __k = num(1);
    let __w = num(1);
    let __f = num(1);
    let __c = num(1);
    let __r = num(1);
    let __vthread_call = num(1);
    let __g = num(1);
    let this = num(1);
    let frame = num(1);
    let x = num(__x + vthread);
    let k = x.max(__k).pow(1).saturating_sub(__t).count_ones();
    let total = group! {
        let spawned = spawn! { num(spawn) + __f + __w + x };
        spawned.join() + group
    };
    total + core + std + __c + __r + __vthread_call + __g + this + frame + k
}

#[test]
fn variables_named_like_expansions() {
    assert_eq!(suspends(17, odd_variables), 6 + 8 + 1);
}

mod odd_items {
    #![allow(non_camel_case_types, non_snake_case, dead_code)]
    use super::*;

    mod core {}
    mod std {}
    mod alloc {}
    struct Infallible;
    struct Future;
    struct Box;
    struct PhantomData;
    struct Result;
    struct Option;
    struct Call;
    struct Tag;
    enum Poll {
        Ready,
    }
    trait Send {}
    trait Sync {}
    trait Suspends {}
    trait Iterator {}
    fn drop() {}
    fn block_on() {}

    #[vthread]
    fn None() -> u32 {
        pause();
        1
    }

    struct Thing(u32);

    #[vthread]
    impl Thing {
        fn poll(&self) -> u32 {
            pause();
            self.0
        }
    }

    #[vthread]
    trait Tr {
        fn ready(&self) -> u32;
    }

    #[vthread]
    impl Tr for Thing {
        fn ready(&self) -> u32 {
            pause();
            self.0
        }
    }

    #[vthread(dyn)]
    trait DynTr {
        fn wake(&self, n: &u32) -> u32;
    }

    #[vthread(dyn)]
    impl DynTr for Thing {
        fn wake(&self, n: &u32) -> u32 {
            pause();
            self.0 + n
        }
    }

    #[vthread]
    fn all() -> u32 {
        begin().await;
        let thing = Thing(num(2));
        let boxed: &dyn DynTr = &thing;
        drop();
        let waked = boxed.wake(&1);
        let grouped = group! {
            let task = spawn! { num(4) };
            task.join()
        };
        thing.poll() + thing.ready() + waked + grouped
    }

    #[test]
    fn items_named_like_std() {
        assert_eq!(suspends(4, all), 2 + 2 + 3 + 4);
        assert_eq!(None(), 1);
    }
}

mod odd_functions {
    use super::*;

    #[vthread]
    fn wait() -> u32 {
        pause();
        1
    }
    #[vthread]
    fn call() -> u32 {
        pause();
        1
    }
    #[vthread]
    fn frame() -> u32 {
        pause();
        1
    }
    #[vthread]
    fn spawn() -> u32 {
        pause();
        1
    }
    #[vthread]
    fn group() -> u32 {
        pause();
        1
    }
    #[vthread]
    fn any() -> u32 {
        pause();
        1
    }
    #[vthread]
    fn plain() -> u32 {
        pause();
        1
    }
    #[vthread]
    fn f() -> u32 {
        pause();
        1
    }
    #[vthread]
    fn segment() -> u32 {
        pause();
        1
    }

    #[vthread]
    fn all() -> u32 {
        begin().await;
        wait()
            + call()
            + frame()
            + spawn()
            + group()
            + any()
            + plain()
            + f()
            + segment()
            + group! { spawn() }
    }

    #[test]
    fn functions_named_like_ours() {
        assert_eq!(suspends(10, all), 10);
    }
}

#[vthread]
fn arguments_named_oddly(__arg0: u32, (a, _): (u32, u32), __f: u32, __arg1: u32, call: u32) -> u32 {
    begin().await;
    num(__arg0) + a + __f + __arg1 + call
}

#[test]
fn arguments_named_like_expansions() {
    assert_eq!(
        suspends(1, || arguments_named_oddly(1, (2, 0), 3, 4, 5)),
        15
    );
}

#[vthread]
#[allow(non_upper_case_globals, non_camel_case_types)]
fn by_items_that_can_be_called() -> Vec<u32> {
    begin().await;
    let mut out = vec![step(0)];
    {
        const step: fn(u32) -> u32 = |n| n + 20;
        out.push(step(1));
    }
    {
        static step: fn(u32) -> u32 = |n| n + 30;
        out.push(step(1));
    }
    {
        struct step(u32);
        out.push(step(40).0);
    }
    {
        #[cfg(any())]
        const step: fn(u32) -> u32 = |n| n + 50;
        out.push(step(1));
    }
    out.push(step(2));
    out
}

#[vthread]
fn not_by_variables_that_are_compiled_out() -> Vec<u32> {
    begin().await;
    #[cfg(any())]
    let step = |n: u32| n + 20;
    let mut out = vec![step(0)];
    #[cfg(not(any()))]
    let tread = |n: u32| n + 30;
    #[cfg(any())]
    let tread = |n: u32| n + 40;
    out.push(tread(1));
    #[cfg(any())]
    let num = |n: u32| n + 50;
    #[cfg(not(any()))]
    let num = |n: u32| n + 60;
    out.push(num(1));
    out.push(conditional());
    out
}

/// One of two variables has the name of a function of this module.
#[vthread]
fn conditional() -> u32 {
    #[cfg(any())]
    let step = |n: u32| n + 70;
    #[cfg(not(any()))]
    let step = |n: u32| n + 80;
    step(1)
}

#[test]
fn constants_statics_and_structures_shadow_functions() {
    let expected = [1, 21, 31, 40, 2, 3];
    assert_eq!(suspends(3, by_items_that_can_be_called), expected);
    let expected = [1, 31, 61, 81];
    assert_eq!(
        suspends(1, not_by_variables_that_are_compiled_out),
        expected
    );
}
