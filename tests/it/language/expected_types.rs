//! The type that the code around a call expects reaches the callee's arguments, as in plain Rust.

use super::proof::{begin, num, pause, suspends};
use std::fmt::Display;
use vthread::prelude::*;

/// What was chosen, by type.
trait Kind {
    const NAME: &'static str;
}
impl Kind for [i32] {
    const NAME: &'static str = "slice";
}
impl Kind for [i32; 2] {
    const NAME: &'static str = "array";
}

struct Named<'a, T: ?Sized>(&'a T, &'static str);

fn shown<'a, T: Kind + ?Sized>(it: &'a T, names: &mut Vec<&'static str>) -> &'a T {
    names.push(T::NAME);
    it
}

struct Log;

impl Log {
    fn find<'a, T: Kind + ?Sized>(&self, it: &'a T, names: &mut Vec<&'static str>) -> &'a T {
        names.push(T::NAME);
        it
    }
    fn of<T: Kind + ?Sized>(it: &T) -> Named<'_, T> {
        Named(it, T::NAME)
    }
    fn wrap<T>(&self, value: T) -> Option<T> {
        Some(value)
    }
    fn parse<T: std::str::FromStr>(&self, text: &str) -> Option<T> {
        text.parse().ok()
    }
    fn len(&self) -> usize {
        3
    }
    fn put(&mut self, bytes: &[u8], n: usize) -> usize {
        bytes.len() + n
    }
}

/// The same text twice: as plain Rust, and as vthread code.
macro_rules! instances {
    ($(#[$attr:meta])* $name:ident) => {
        $(#[$attr])*
        fn $name() -> Vec<&'static str> {
            let mut names = Vec::new();
            let a: &[i32] = shown(&[1, 2], &mut names);
            let b: &[i32] = Log.find(&[3, 4], &mut names);
            let mut c: &[i32] = &[];
            names.push(["short", "empty"][c.len() % 2]);
            c = shown(&[5, 6], &mut names);
            let n: usize = a.len() + b.len() + c.len();
            names.push(if n == 6 { "six" } else { "other" });
            let of: Named<'_, [i32]> = Log::of(&[1, 2]);
            names.push(of.1);
            let free = shown(&[7, 8], &mut names);
            names.push(if free.len() == of.0.len() { "two" } else { "other" });
            names
        }
    };
}

instances!(plain_instances);
instances!(
    #[vthread]
    vthread_instances
);

#[test]
fn t03_the_same_instance_as_in_plain_rust() {
    assert_eq!(plain_instances(), vthread_instances());
    assert_eq!(plain_instances()[0], "slice");
    assert_eq!(plain_instances().last(), Some(&"two"));
}

fn wrap<T>(value: T) -> Option<T> {
    Some(value)
}

fn pair<T, U>(one: T, other: U) -> (T, U) {
    (one, other)
}

fn parse<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn next(n: u32) -> u32 {
    n + 1
}

struct Settings {
    shown: Option<Box<dyn Display>>,
    step: Option<fn(u32) -> u32>,
}

#[vthread]
fn coercions(text: &String) -> Option<Box<dyn Fn(&str) -> usize>> {
    begin().await;
    let one: Option<&[u8]> = wrap(&[1]);
    let empty = String::new();
    let two: Option<&str> = Log.wrap(&empty);
    let three: Option<Option<&str>> = wrap(wrap(text));
    let numbers = [num(1), 2];
    let (four, five): (Option<&str>, &[u32]) = pair(wrap(text), &numbers);
    assert_eq!(
        (one, two, three),
        (Some(&[1][..]), Some(""), Some(Some("text")))
    );
    assert_eq!((four, five), (Some("text"), &[1, 2][..]));
    for settings in [
        Settings {
            shown: wrap(Box::new(num(1))),
            step: wrap(next),
        },
        Settings {
            shown: Log.wrap(Box::new("1")),
            step: Log.wrap(next),
        },
    ] {
        assert_eq!(settings.shown?.to_string(), "1");
        assert_eq!(settings.step?(1), 2);
    }
    let pointer: Option<fn(&str) -> usize> = wrap(|text| text.len());
    assert_eq!(pointer?("four"), 4);
    wrap(Box::new(|text| text.len()))
}

#[test]
fn t03_arguments_are_coerced() {
    let function = suspends(2, || coercions(&"text".to_owned()));
    assert_eq!(function.unwrap()("abc"), 3);
}

#[vthread]
fn vthread_wrap<T: Send>(value: T) -> Option<T> {
    pause();
    Some(value)
}

trait Tool: Send {
    fn name(&self) -> String;
}
impl Tool for String {
    fn name(&self) -> String {
        self.clone()
    }
}

#[vthread]
fn tool(name: &str) -> Box<String> {
    pause();
    Box::new(name.to_owned())
}

struct Shop;

#[vthread]
impl Shop {
    fn tool(&mut self, name: &str) -> Box<String> {
        pause();
        Box::new(name.to_owned())
    }
    fn open(name: &str) -> Self {
        pause();
        assert_eq!(name, "shop");
        Shop
    }
    fn read(&mut self, bytes: &[u8]) -> Result<usize, String> {
        pause();
        Ok(bytes.len())
    }
}

#[vthread]
fn tail_of_a_method(shop: &mut Shop) -> Result<usize, String> {
    shop.read(&[1, 2])
}

#[vthread]
fn results(text: &String) -> Option<u32> {
    begin().await;
    let saw: Box<dyn Tool> = tool(text);
    let mut shop: Shop = Shop::open(&"shop".to_owned());
    let axe: Box<dyn Tool> = shop.tool(&text);
    assert_eq!(saw.name() + &axe.name(), "77");
    let same: Option<&u32> = vthread_wrap(&1);
    let mut log = Log;
    let n: usize = log.put(&[1], Log.len());
    assert_eq!((same, n, tail_of_a_method(&mut shop)), (Some(&1), 4, Ok(2)));
    if text.len() > 1 {
        return parse(&text);
    }
    match n {
        4 => Log.parse(&text),
        _ => parse(&text),
    }
}

#[test]
fn t03_results_are_coerced_and_inferred() {
    assert_eq!(suspends(5, || results(&"7".to_owned())), Some(7));
}

#[vthread]
fn measure() -> impl Fn(&str) -> usize {
    pause();
    |text| text.len()
}

#[vthread]
fn perhaps_measure(n: usize) -> Option<impl Fn(&str) -> usize> {
    pause();
    Some(move |text| text.len() + n)
}

#[test]
fn t03_a_closure_of_an_opaque_type() {
    assert_eq!(measure()("abc") + perhaps_measure(1).unwrap()("ab"), 6);
}
