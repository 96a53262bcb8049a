//! The frame of a vthread function is as large as the future of the same function written with
//! `async`: at most a tenth larger.
//!
//! Each pair is written twice. `VTHREAD_SIZES=1` prints the sizes of a program's own frames.

mod pairs;

use pairs::{asynchronous, suspending};

/// The sizes of a vthread's frame and of its counterpart.
struct Pair {
    name: &'static str,
    ours: usize,
    theirs: usize,
}

macro_rules! pairs {
    ($($name:ident: $ours:expr, $theirs:expr;)*) => {
        vec![$(Pair { name: stringify!($name), ours: size_of_val(&$ours), theirs: size_of_val(&$theirs) }),*]
    };
}

fn all() -> Vec<Pair> {
    let (mine, yours) = (suspending::Store::default(), asynchronous::Store::default());
    let (mut counter, mut other) = (suspending::Counter(0), asynchronous::Counter(0));
    let buffer = [0; 4];
    pairs! {
        calls_one: suspending::__vthread_calls_one(1), asynchronous::calls_one(1);
        calls_three: suspending::__vthread_calls_three(1), asynchronous::calls_three(1);
        loops: suspending::__vthread_loops(&buffer), asynchronous::loops(&buffer);
        loops_over_owned: suspending::__vthread_loops_over_owned(vec![]), asynchronous::loops_over_owned(vec![]);
        nested_loops: suspending::__vthread_nested_loops(&buffer), asynchronous::nested_loops(&buffer);
        fails_early: suspending::__vthread_fails_early("1"), asynchronous::fails_early("1");
        matches: suspending::__vthread_matches(&mine, 1), asynchronous::matches(&yours, 1);
        holds_a_buffer: suspending::__vthread_holds_a_buffer(1), asynchronous::holds_a_buffer(1);
        takes_a_string: suspending::__vthread_takes_a_string(String::new()), asynchronous::takes_a_string(String::new());
        builds_text: suspending::__vthread_builds_text(&mine), asynchronous::builds_text(&yours);
        chained_calls: suspending::__vthread_chained_calls(&mine), asynchronous::chained_calls(&yours);
        arguments: suspending::__vthread_arguments(&mine), asynchronous::arguments(&yours);
        drops_before: suspending::__vthread_drops_before(1), asynchronous::drops_before(1);
        generic: suspending::__vthread_generic(&mine), asynchronous::generic(&yours);
        method: mine.load(1), yours.load(1);
        method_of_methods: mine.load_two(1, 2), yours.load_two(1, 2);
        retries: mine.retries(1), yours.retries(1);
        mutable_method: counter.add(1), other.add(1);
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
