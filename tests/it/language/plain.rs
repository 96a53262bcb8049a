//! Plain calls in vthread code are unchanged: the same bodies, with and without `#[vthread]`,
//! return the same values and infer the same types.

#![deny(warnings)]
#![allow(clippy::manual_contains)]

use super::proof::{begin, suspends};
use std::any::type_name_of_val;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Write as _;
use std::io::{BufRead, Read as _, Write as _};
use vthread::vthread;

/// One body, compiled twice.
macro_rules! twice {
    ($name:ident: $ty:ty = $body:block) => {
        mod $name {
            use super::*;

            #[vthread]
            pub(super) fn vthread_code() -> $ty {
                begin().await;
                $body
            }
            pub(super) fn plain_code() -> $ty {
                $body
            }
        }

        #[test]
        fn $name() {
            assert_eq!(suspends(0, $name::vthread_code), $name::plain_code());
        }
    };
}

twice!(collects: (Vec<u64>, HashSet<char>, String, Result<Vec<u8>, std::num::ParseIntError>, usize) = {
    let doubled = (1..4).map(|n| n * 2).collect();
    let letters = "hello".chars().collect();
    let text = ["a", "b"].iter().map(|s| s.to_uppercase()).collect();
    let parsed = "1,2".split(',').map(str::parse).collect();
    let count = ["x"; 3].into_iter().filter(|s| !s.is_empty()).count();
    (doubled, letters, text, parsed, count)
});

twice!(converts: (u64, String, Box<str>, f64, Vec<u8>, Option<u8>, Cow<'static, str>) = {
    let wide = 5_u32.into();
    let text = 'c'.into();
    let boxed = "b".into();
    let float = f64::from(1.5_f32);
    let bytes = "ab".as_bytes().to_owned();
    let narrow = u8::try_from(300).ok();
    (wide, text, boxed, float, bytes, narrow, "cow".into())
});

twice!(sums: (u32, i64, f32, u32, Option<u32>) = {
    let a = [1, 2].iter().sum();
    let b = (1..=5).product();
    let c = [0.5, 0.25].iter().copied().sum::<f32>();
    let d = [3, 1].iter().copied().max().unwrap_or_default();
    let e = [Some(1), None].into_iter().sum();
    (a, b, c, d, e)
});

twice!(maps: (BTreeMap<String, Vec<u32>>, VecDeque<u32>, BTreeSet<u32>, Vec<(u8, char)>) = {
    let mut map = HashMap::new();
    map.entry("k".to_owned()).or_insert_with(Vec::new).push(1);
    map.insert("l".to_owned(), vec![2]);
    if let Some(list) = map.get_mut("k") {
        list.push(3);
    }
    let removed = map.remove("none").is_none();
    let mut queue = VecDeque::from([1, 2]);
    queue.push_front(u32::from(removed));
    let back = queue.pop_back();
    let mut set = BTreeSet::from_iter(back);
    set.insert(7);
    set.retain(|n| *n > 1);
    let pairs = (0..).zip("ab".chars()).collect();
    (map.into_iter().collect(), queue, set, pairs)
});

twice!(generic_numbers: (u8, i16, u128, usize, bool) = {
    let n = 5;
    let m = n + 1;
    let shifted = 1 << m;
    let mut total = 0;
    for i in 0..3 {
        total += i;
    }
    let k: i16 = total;
    (n, k, shifted, [0; 3].len(), (n as f64).sqrt() > 2.0)
});

twice!(types: Vec<&'static str> = {
    let n = 1;
    let float = 1.0;
    let list = vec![n];
    let mapped = list.iter().map(|n| n + 1);
    let option = mapped.clone().next();
    let text = format!("{n}");
    let closure_result = (|| 5_u8)();
    let slice = &list[..];
    vec![
        type_name_of_val(&n),
        type_name_of_val(&float),
        type_name_of_val(&list),
        type_name_of_val(&option),
        type_name_of_val(&text),
        type_name_of_val(&closure_result),
        type_name_of_val(slice),
        type_name_of_val(&mapped.max()),
    ]
});

twice!(io: (String, Vec<String>, Vec<u8>, u64) = {
    let mut text = String::new();
    "input".as_bytes().read_to_string(&mut text).unwrap();
    let lines = "a\nb".as_bytes().lines().map(|line| line.unwrap()).collect();
    let mut out = Vec::new();
    out.write_all(b"x").unwrap();
    std::io::Write::write(&mut out, b"y").unwrap();
    let n = std::io::copy(&mut "abc".as_bytes(), &mut out).unwrap();
    (text, lines, out, n)
});

twice!(strings: (String, Vec<String>, Option<(String, String)>, Option<char>) = {
    let mut text = String::from("x");
    write!(text, "{:?}", "y").unwrap();
    text.insert(0, 'a');
    text.push_str(&"z".repeat(2));
    let parts = text.split('"').map(ToOwned::to_owned).collect();
    let halves = text.split_once('y').map(|(a, b)| (a.into(), b.into()));
    let last = text.chars().rev().find(|c| c.is_alphabetic());
    (text.replace('z', "Z"), parts, halves, last)
});

twice!(functions: (u32, u32, usize, String, Vec<u8>) = {
    fn apply<T>(f: impl FnOnce() -> T) -> T {
        f()
    }
    fn identity<T>(value: T) -> T {
        value
    }
    let a = apply(|| 5);
    let b = identity(identity)(6);
    let c = std::convert::identity("abc").len();
    let d = Option::map(Some("m"), str::to_uppercase).unwrap();
    let e = Vec::from_iter(std::iter::repeat_n(1, 2));
    (a, b, c, d, e)
});

twice!(smart_pointers: (u32, String, bool, u32) = {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::sync::{Arc, Mutex, OnceLock, RwLock, atomic::*};
    let rc = Rc::new(RefCell::new(1));
    *rc.borrow_mut() += 1;
    let mutex = Arc::new(Mutex::new(String::from("m")));
    mutex.lock().unwrap().push('!');
    let once = OnceLock::new();
    once.get_or_init(|| 5);
    let lock = RwLock::new(*once.get().unwrap());
    *lock.write().unwrap() += 1;
    let atomic = AtomicU32::new(1);
    let stored = atomic.fetch_add(1, Ordering::SeqCst) == 1;
    let cell = Cell::new(1);
    cell.replace(9);
    let sum = *rc.borrow() + *lock.read().unwrap() + cell.take();
    let text = mutex.lock().unwrap().clone();
    (sum, text, stored, atomic.load(Ordering::SeqCst))
});

twice!(iterators: (Vec<u32>, Vec<Vec<u32>>, Option<usize>, bool, (Vec<u32>, Vec<u32>)) = {
    let mut iterator = [3, 1, 2].into_iter().peekable();
    let first = iterator.next().unwrap() + *iterator.peek().unwrap();
    let rest = iterator.by_ref().take(1).collect::<Vec<_>>();
    let chunks = [1, 2, 3].chunks(2).map(<[u32]>::to_vec).collect();
    let at = ["a", "b"].iter().position(|s| *s == "b");
    let all = (1..3).all(|n| n > 0) && [1, 2].iter().any(|n| *n == 2);
    let parts = (0..4).partition(|n| n % 2 == 0);
    ([vec![first], rest].concat(), chunks, at, all, parts)
});
