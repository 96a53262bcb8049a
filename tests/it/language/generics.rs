//! Generics: constants, defaults, `impl Trait` everywhere, associated types, lifetimes.

use super::proof::{begin, give, num, pause, suspends};
use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use vthread::prelude::*;

#[vthread]
fn chunked<T: Copy, const N: usize>(items: &[T]) -> Option<[T; N]> {
    pause();
    items.get(..N)?.try_into().ok()
}

#[vthread]
fn flagged<const B: bool, const C: char>() -> (bool, char) {
    pause();
    (B, C)
}

#[vthread]
fn sized<const N: usize>() -> [u8; N] {
    pause();
    [N as u8; N]
}

#[vthread]
fn constants() -> usize {
    begin().await;
    let pair: [u32; 2] = chunked(&[1, 2, 3]).unwrap();
    let three = chunked::<_, 3>(&["a"]).is_none();
    let (flag, letter) = flagged::<true, 'x'>();
    const N: usize = 2;
    let by_name = sized::<N>().len() + sized::<{ N * 2 }>()[0] as usize;
    let inferred: [u8; 3] = sized();
    pair[1] as usize + three as usize + flag as usize + letter.len_utf8() + by_name + inferred.len()
}

#[test]
fn constants_as_arguments() {
    assert_eq!(suspends(6, constants), 2 + 1 + 1 + 1 + 6 + 3);
}

struct Buffer<T = u8, const N: usize = 4> {
    all: [T; N],
}

#[vthread]
impl<T: Copy + Default, const N: usize> Buffer<T, N> {
    fn made() -> Self {
        pause();
        Buffer {
            all: [T::default(); N],
        }
    }
    fn put<I>(&mut self, at: I, value: impl Into<T>) -> &mut T
    where
        I: Into<usize>,
    {
        pause();
        let slot = &mut self.all[at.into()];
        *slot = value.into();
        slot
    }
    fn resized<const M: usize>(&self) -> Buffer<T, M> {
        pause();
        let mut made = Buffer::<T, M>::made();
        for (to, from) in made.all.iter_mut().zip(&self.all) {
            *to = *from;
        }
        made
    }
}

#[vthread]
fn defaults() -> (usize, u64, usize) {
    begin().await;
    let bytes: Buffer = Buffer::made();
    let mut wide = Buffer::<u64, 2>::made();
    *wide.put(1_u8, 5_u32) += num(1) as u64;
    let n = wide.resized::<3>().all.len();
    (bytes.all.len(), wide.all[1], n)
}

#[test]
fn default_parameters_of_types() {
    assert_eq!(suspends(2 + 2 + 2, defaults), (4, 6, 3));
}

#[vthread]
fn opaque_arguments(
    a: impl Display,
    b: &impl Debug,
    c: &mut impl Iterator<Item = impl Into<u64>>,
) -> String {
    pause();
    let n: u64 = c.next().unwrap().into();
    format!("{a}{b:?}{n}")
}

#[vthread]
fn opaque_result<'a>(text: &'a str, n: usize) -> impl Iterator<Item = char> + use<'a> {
    pause();
    text.chars().skip(n)
}

#[vthread]
fn opaque_in_types(
    n: u32,
) -> Result<Vec<impl Fn(u32) -> u32>, Box<dyn std::error::Error + Send + Sync>> {
    pause();
    let n = give(n);
    Ok(vec![move |m| n + m])
}

#[vthread]
fn opaque_pair(n: u32) -> (impl Debug + Clone, impl PartialEq<u32>) {
    pause();
    (n, n)
}

#[vthread]
fn opaque() -> String {
    begin().await;
    let text = opaque_arguments(1, &"x", &mut [3_u8].into_iter());
    let more = {
        let number = 1;
        opaque_result("abc", number)
    };
    let add = opaque_in_types(num(1)).unwrap();
    let (shown, equal) = opaque_pair(4);
    format!(
        "{text}{}{}{:?}{}",
        more.collect::<String>(),
        add[0](1),
        shown.clone(),
        equal == 4
    )
}

#[test]
fn impl_trait_in_every_position() {
    assert_eq!(suspends(1 + 1 + 3 + 1, opaque), "1\"x\"3bc24true");
}

#[vthread]
trait Lending {
    type Item<'a>: Debug + Send
    where
        Self: 'a;
    type Key: Default + Send + Sync;
    const SIZE: usize;

    fn lend<'a>(&'a mut self) -> Self::Item<'a>;
    fn own_key(&self) -> Self::Key {
        pause();
        Self::Key::default()
    }
    fn size() -> usize {
        pause();
        Self::SIZE
    }
}

struct Words(Vec<String>);

#[vthread]
impl Lending for Words {
    type Item<'a> = &'a mut String;
    type Key = u16;
    const SIZE: usize = 3;

    fn lend<'a>(&'a mut self) -> Self::Item<'a> {
        pause();
        &mut self.0[0]
    }
    fn own_key(&self) -> u16 {
        pause();
        8
    }
}

#[vthread]
fn lends<L: Lending>(mut lending: L) -> (String, L::Key, usize)
where
    for<'a> L::Item<'a>: Debug,
{
    let text = format!("{:?}", lending.lend());
    (text, lending.own_key(), L::size() + <L as Lending>::size())
}

#[vthread]
fn associated() -> (String, u16, usize) {
    begin().await;
    let mut words = Words(vec!["a".into()]);
    words.lend().push('b');
    *words.lend() += "c";
    let n = Words::size() + Words::SIZE;
    let (text, key, size) = lends(words);
    (text, key, n + size)
}

#[test]
fn generic_associated_types_and_constants() {
    assert_eq!(suspends(3 + 4, associated), ("\"abc\"".into(), 8, 12));
}

struct Typed<'a, T: ?Sized, F = fn(&T) -> usize>
where
    F: Fn(&T) -> usize,
{
    value: &'a T,
    measure: F,
    _marker: PhantomData<fn() -> T>,
}

#[vthread]
impl<'a, T: ?Sized, F> Typed<'a, T, F>
where
    F: Fn(&T) -> usize,
{
    fn measured(&self) -> usize {
        pause();
        (self.measure)(self.value)
    }
    fn worth(&self) -> &'a T {
        pause();
        self.value
    }
    fn with<'b, G: Fn(&T) -> usize>(self, measure: G) -> Typed<'b, T, G>
    where
        'a: 'b,
    {
        pause();
        Typed {
            value: self.value,
            measure,
            _marker: PhantomData,
        }
    }
}

#[vthread]
fn bounded() -> usize {
    begin().await;
    let typed: Typed<'_, str> = Typed {
        value: "abc",
        measure: |s| s.len(),
        _marker: PhantomData,
    };
    let value = {
        let again = typed.with(|s| s.len() * 2);
        again.worth().len() + again.measured()
    };
    value
        + give(Typed::<'_, [u8], _> {
            value: &[1],
            measure: <[u8]>::len,
            _marker: PhantomData,
        })
        .measured()
}

#[test]
fn lifetimes_and_bounds_of_types() {
    assert_eq!(suspends(5, bounded), 3 + 6 + 1);
}

#[vthread]
fn where_clauses<'a, 'b, K, V, I>(items: I, default: &'b V) -> BTreeMap<K, &'b V>
where
    'a: 'b,
    K: Ord + 'a,
    V: ?Sized + 'a,
    I: IntoIterator<Item = (K, Option<&'b V>)>,
    I::IntoIter: DoubleEndedIterator,
{
    pause();
    items
        .into_iter()
        .rev()
        .map(|(key, value)| (key, value.unwrap_or(default)))
        .collect()
}

#[vthread]
fn recursive<T: Clone + Debug, const N: usize>(value: &T, depth: usize) -> Vec<[T; N]> {
    pause();
    if depth == 0 {
        return vec![];
    }
    let mut all = recursive::<T, N>(value, depth - 1);
    all.push(std::array::from_fn(|_| value.clone()));
    all.extend(recursive(value, 0));
    all
}

#[vthread]
fn more_generics() -> usize {
    begin().await;
    let map = where_clauses([(1, Some("a")), (2, None)], "d");
    let all: Vec<[String; 2]> = recursive(&String::from("x"), 3);
    map[&2].len() + all.len() * all[0].len()
}

#[test]
fn where_clauses_and_recursion() {
    assert_eq!(suspends(1 + 4 + 3, more_generics), 1 + 6);
}
