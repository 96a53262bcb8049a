//! Traits: static, generic, dynamic, foreign, with items of every kind.

use super::proof::{begin, give, num, pause, suspends};
use std::collections::HashMap;
use std::fmt::{self, Debug, Display};
use std::sync::Arc;
use vthread::prelude::*;

#[vthread]
trait Store {
    type Key: Into<String> + Send;
    const NAME: &'static str;

    fn find(&self, key: Self::Key) -> Option<u32>;
    fn save(&mut self, key: Self::Key, value: u32) -> &mut Self
    where
        Self: Sized;
    fn open(n: u32) -> Self
    where
        Self: Sized;
    #[plain]
    fn describe(&self) -> String {
        format!("store {}", Self::NAME)
    }
}

#[derive(Default)]
struct Memory(HashMap<String, u32>);

#[vthread]
impl Store for Memory {
    type Key = &'static str;
    const NAME: &'static str = "memory";

    fn find(&self, key: &'static str) -> Option<u32> {
        pause();
        self.0.get(key).copied()
    }
    fn save(&mut self, key: &'static str, value: u32) -> &mut Self {
        pause();
        self.0.insert(key.into(), value);
        self
    }
    fn open(n: u32) -> Self {
        pause();
        Memory(HashMap::from([("n".into(), n)]))
    }
}

#[vthread]
fn by_bound<S>(store: &mut S, key: S::Key) -> String
where
    S: Store<Key: Copy>,
{
    let n = store.save(key, 1).save(key, 2).find(key).unwrap();
    format!("{n}{}{}", S::NAME, store.describe())
}

#[vthread]
fn by_impl(store: &impl Store<Key = &'static str>) -> u32 {
    store.find("n").unwrap_or_default() + store.find("none").map_or(7, |n| n)
}

#[vthread]
fn opened<S: Store>() -> S {
    S::open(num(4))
}

#[vthread]
fn statically() -> (String, u32, u32) {
    begin().await;
    let mut memory: Memory = opened();
    let text = by_bound(&mut memory, "k");
    let again = opened::<Memory>();
    let by_path = Memory::open(1).0.len() as u32
        + <Memory as Store>::open(2).find("n").unwrap()
        + Store::find(&again, "n").unwrap()
        + Memory::find(&memory, "k").unwrap();
    (text, by_impl(&memory), by_path)
}

#[test]
fn static_dispatch() {
    let expected = ("2memorystore memory".to_owned(), 4 + 7, 1 + 2 + 4 + 2);
    assert_eq!(suspends(2 + 3 + 2 + 5 + 2, statically), expected);
}

#[vthread(dyn)]
trait Handler {
    fn handle(&self, request: &str, body: &mut Vec<u8>) -> Result<String, String>;
    fn pick<'a>(&self, a: &'a str, b: &str) -> &'a str {
        pause();
        if b.is_empty() { a } else { &a[..1] }
    }
    fn title(&self) -> &str;
    #[plain]
    fn is_plain(&self) -> bool {
        true
    }
}

struct Echo(String);
struct Wrapping<H: ?Sized>(u32, H);

#[vthread(dyn)]
impl Handler for Echo {
    fn handle(&self, request: &str, body: &mut Vec<u8>) -> Result<String, String> {
        pause();
        body.push(1);
        if request.is_empty() {
            return Err("empty".into());
        }
        Ok(format!("{}{request}", self.0))
    }
    fn pick<'a>(&self, a: &'a str, _: &str) -> &'a str {
        pause();
        a
    }
    fn title(&self) -> &str {
        pause();
        &self.0
    }
}

#[vthread(dyn)]
impl<H: Handler + ?Sized> Handler for Wrapping<H> {
    fn handle(&self, request: &str, body: &mut Vec<u8>) -> Result<String, String> {
        let inner = self.1.handle(request, body)?;
        Ok(format!("{}{inner}", num(self.0)))
    }
    fn pick<'a>(&self, a: &'a str, b: &str) -> &'a str {
        self.1.pick(a, b)
    }
    fn title(&self) -> &str {
        self.1.title()
    }
}

#[vthread]
fn through_reference(handler: &dyn Handler, body: &mut Vec<u8>) -> Result<String, String> {
    let picked = handler.pick("ab", "x");
    let text = handler.handle(picked, body)?;
    Ok(text + handler.title() + if handler.is_plain() { "p" } else { "" })
}

#[vthread]
fn through_generic<H: Handler + ?Sized>(handler: &H) -> String {
    handler.title().to_owned()
}

#[vthread]
fn dynamically() -> Vec<String> {
    begin().await;
    let mut body = vec![];
    let echo = Echo("e".into());
    let boxed: Box<dyn Handler> = Box::new(Wrapping(1, Echo("w".into())));
    let shared: Arc<dyn Handler + Send + Sync> = Arc::new(Echo("s".into()));
    let wrapped: &Wrapping<dyn Handler> = &Wrapping(2, Echo("u".into()));
    let mut out = vec![through_reference(&echo, &mut body).unwrap()];
    out.push(through_reference(&*boxed, &mut body).unwrap());
    out.push(boxed.handle("q", &mut body).unwrap());
    out.push(shared.handle("q", &mut body).unwrap() + shared.clone().title());
    out.push(wrapped.handle("", &mut body).unwrap_err() + wrapped.title());
    out.push(
        through_generic(&*boxed) + &through_generic(&echo) + &through_generic::<dyn Handler>(&echo),
    );
    let handlers: Vec<(&str, Box<dyn Handler>)> = vec![("a", boxed), ("b", Box::new(echo))];
    for (key, handler) in &handlers {
        out.push(format!("{key}{}", handler.title()));
    }
    let name = handlers.first().unwrap().1.title();
    out.push(
        handlers[1]
            .1
            .handle(name, &mut body)
            .unwrap()
            .len()
            .to_string(),
    );
    out
}

#[test]
fn dynamic_dispatch() {
    let out = suspends(3 + 4 + 2 + 2 + 2 + 3 + 2 + 2, dynamically);
    let expected = [
        "eabep", "1wabwp", "1wq", "sqs", "emptyu", "wee", "aw", "be", "2",
    ];
    assert_eq!(out, expected);
}

#[vthread]
trait Generic<A, const N: usize = 2>: Debug + Sized
where
    A: Display + Send + Sync,
{
    fn all(&self, a: A) -> [String; N];
    fn convert<B: From<Self> + Send>(self) -> B {
        pause();
        self.into()
    }
}

#[derive(Debug, Clone)]
struct Unit;

impl From<Unit> for String {
    fn from(_: Unit) -> String {
        "unit".into()
    }
}

#[vthread]
impl Generic<u8> for Unit {
    fn all(&self, a: u8) -> [String; 2] {
        pause();
        [a.to_string(), "2".into()]
    }
    fn convert<B: From<Self> + Send>(self) -> B {
        pause();
        pause();
        B::from(self)
    }
}

#[vthread]
fn generic() -> (String, String) {
    begin().await;
    let [a, b] = Unit.all(5_u8);
    let c: [String; 2] = Generic::<u8>::all(&Unit, 6);
    let converted: String = Generic::<u8>::convert(Unit);
    (
        a + &b + &c[0],
        converted + &<Unit as Generic<u8, 2>>::convert::<String>(Unit),
    )
}

#[test]
fn generic_traits() {
    assert_eq!(suspends(2 + 4, generic), ("526".into(), "unitunit".into()));
}

#[vthread]
trait Extension {
    fn doubled(&self) -> u32;
}

struct Number(u32);
struct Maybe<T>(Option<T>);

#[vthread]
impl Extension for Number {
    fn doubled(&self) -> u32 {
        pause();
        self.0 * 2
    }
}
#[vthread]
impl<T: Extension> Extension for Maybe<T> {
    fn doubled(&self) -> u32 {
        match &self.0 {
            Some(inner) => inner.doubled(),
            None => num(0),
        }
    }
}
#[vthread]
impl<T: Extension + ?Sized> Extension for &T {
    fn doubled(&self) -> u32 {
        (**self).doubled()
    }
}
#[vthread]
impl<T: Extension + ?Sized> Extension for Box<T> {
    fn doubled(&self) -> u32 {
        (**self).doubled()
    }
}

#[vthread]
fn by_value(it: impl Extension) -> u32 {
    it.doubled()
}

#[vthread]
fn through_wrappers() -> Vec<u32> {
    begin().await;
    let number = Number(5);
    vec![
        number.doubled(),
        give(Number(6)).doubled(),
        Maybe(Some(Number(7))).doubled(),
        Maybe(None::<Number>).doubled(),
        Maybe(Some(Box::new(Maybe(Some(&number))))).doubled(),
        by_value(&number),
        by_value(Box::new(&number)),
        (&&number).doubled(),
    ]
}

#[test]
#[allow(clippy::needless_borrow)]
fn implemented_for_wrappers_and_pointers() {
    let expected = [10, 12, 14, 0, 10, 10, 10, 10];
    assert_eq!(suspends(9, through_wrappers), expected);
}

#[vthread(?Send)]
trait Local {
    fn shared(&self) -> std::rc::Rc<u32>;
}

struct Counted(std::rc::Rc<u32>);

#[vthread(?Send)]
impl Local for Counted {
    fn shared(&self) -> std::rc::Rc<u32> {
        let clone = self.0.clone();
        pause();
        clone
    }
}

#[vthread]
fn not_send() -> u32 {
    begin().await;
    let counted = Counted(std::rc::Rc::new(3));
    *counted.shared() + num(*counted.shared())
}

#[test]
fn traits_that_are_not_send() {
    assert_eq!(suspends(3, not_send), 6);
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A plain impl of a foreign trait: the call blocks.
        write!(f, "{}", num(1))
    }
}

#[vthread]
fn plain_impls() -> String {
    begin().await;
    let unit = Unit;
    format!("{}{unit}{}", num(2), unit.to_string())
}

#[test]
fn foreign_traits_block() {
    assert_eq!(super::proof::suspends_and_blocks(1, 2, plain_impls), "211");
}
