//! The frame of a vthread function is as large as the future of the same function written with
//! `async`: at most a tenth larger. Where dumps show calls, it may have a pointer more for each
//! call that waits.
//!
//! Each pair is written twice. `VTHREAD_SIZES=1` prints the sizes of a program's own frames.

mod pairs;

use pairs::{asynchronous, suspending};

/// The room for each call that waits, where dumps show it.
const LEVEL: usize = match cfg!(any(debug_assertions, feature = "stacks")) {
    true => size_of::<usize>(),
    false => 0,
};

/// The sizes of a vthread's frame, without levels, and of its counterpart.
struct Pair {
    name: &'static str,
    ours: usize,
    theirs: usize,
}

macro_rules! pairs {
    ($($name:ident $levels:literal: $ours:expr, $theirs:expr;)*) => {
        vec![$(Pair { name: stringify!($name), ours: size_of_val(&$ours) - $levels * LEVEL, theirs: size_of_val(&$theirs) }),*]
    };
}

/// Before each pair: how many of its calls wait at once, one in the other.
fn all() -> Vec<Pair> {
    let (mine, yours) = (suspending::Store::default(), asynchronous::Store::default());
    let (mut counter, mut other) = (suspending::Counter(0), asynchronous::Counter(0));
    let buffer = [0; 4];
    pairs! {
        calls_one 2: suspending::__vthread_calls_one(1), asynchronous::calls_one(1);
        calls_three 2: suspending::__vthread_calls_three(1), asynchronous::calls_three(1);
        loops 2: suspending::__vthread_loops(&buffer), asynchronous::loops(&buffer);
        loops_over_owned 2: suspending::__vthread_loops_over_owned(vec![]), asynchronous::loops_over_owned(vec![]);
        nested_loops 2: suspending::__vthread_nested_loops(&buffer), asynchronous::nested_loops(&buffer);
        fails_early 2: suspending::__vthread_fails_early("1"), asynchronous::fails_early("1");
        matches 3: suspending::__vthread_matches(&mine, 1), asynchronous::matches(&yours, 1);
        holds_a_buffer 2: suspending::__vthread_holds_a_buffer(1), asynchronous::holds_a_buffer(1);
        takes_a_string 2: suspending::__vthread_takes_a_string(String::new()), asynchronous::takes_a_string(String::new());
        builds_text 3: suspending::__vthread_builds_text(&mine), asynchronous::builds_text(&yours);
        chained_calls 3: suspending::__vthread_chained_calls(&mine), asynchronous::chained_calls(&yours);
        arguments 3: suspending::__vthread_arguments(&mine), asynchronous::arguments(&yours);
        drops_before 2: suspending::__vthread_drops_before(1), asynchronous::drops_before(1);
        generic 4: suspending::__vthread_generic(&mine), asynchronous::generic(&yours);
        method 2: mine.load(1), yours.load(1);
        method_of_methods 3: mine.load_two(1, 2), yours.load_two(1, 2);
        retries 3: mine.retries(1), yours.retries(1);
        mutable_method 2: counter.add(1), other.add(1);
    }
}

#[test]
fn frames_are_as_small_as_futures() {
    let too_large: Vec<String> = all()
        .iter()
        .filter(|pair| pair.ours * 10 > pair.theirs * 11)
        .map(|pair| format!("{}: {} bytes, async {}", pair.name, pair.ours, pair.theirs))
        .collect();
    assert!(too_large.is_empty(), "{too_large:#?}");
}

#[test]
fn they_are_no_larger_on_the_whole() {
    let pairs = all();
    let ours: usize = pairs.iter().map(|pair| pair.ours).sum();
    let theirs: usize = pairs.iter().map(|pair| pair.theirs).sum();
    for pair in &pairs {
        println!("{:<20} {:>5} {:>5}", pair.name, pair.ours, pair.theirs);
    }
    assert!(ours * 100 <= theirs * 105, "{ours} bytes, async {theirs}");
}
