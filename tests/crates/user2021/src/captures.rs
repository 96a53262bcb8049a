//! The captures of a frame, and the meaning of names, do not depend on the user's edition.

use library::client::{Client, chunk, fetch};
use library::handlers::{Echo, Handler, all};
use library::proof::{begin, n_pauses, pause};
use library::stores::Store;
use std::convert::TryFrom as _;
use vt::prelude::*;
use vt::sync::Mutex;

struct View<'a>(&'a str);

#[vthread]
impl<'a> View<'a> {
    fn text(&self) -> &'a str {
        pause();
        self.0
    }
    fn longer<'b>(&'b self, other: &'b str) -> &'b str {
        pause();
        if self.0.len() > other.len() {
            self.0
        } else {
            other
        }
    }
}

#[vthread]
fn two<'a, 'b, T: AsRef<str>>(a: &'a T, b: &'b mut [T]) -> (&'a str, &'b mut T) {
    pause();
    (a.as_ref(), b.last_mut().unwrap())
}

#[vthread]
fn elided(text: &str, _: &mut u32) -> usize {
    pause();
    text.len()
}

struct Own(Vec<u32>);

#[vthread]
impl Store for Own {
    type Value = u32;
    fn find(&self, key: &str) -> Option<u32> {
        pause();
        self.0.get(key.len()).copied()
    }
    fn save(&mut self, _: &str, value: u32) {
        pause();
        self.0.push(value);
    }
}

#[vthread(dyn)]
impl Handler for Own {
    fn handle(&self, request: &str) -> Result<String, String> {
        pause();
        Ok(format!("{request}{}", self.0.len()))
    }
}

#[vthread]
fn calls() -> Result<String, String> {
    begin().await;
    let client = Client::connect(String::from("c"))?;
    let view = View("view");
    let mut words = vec![String::from("w")];
    let (a, b) = two(&client.value, &mut words);
    b.push_str(a);
    let n = elided(view.longer("x"), &mut 1) + view.text().len();
    let mut own = Own(vec![]);
    own.save("", 7);
    let found = own.both("", "").map_or(0, |(a, b)| a + b);
    let handlers: Vec<Box<dyn Handler>> = vec![Box::new(own), Box::new(Echo)];
    let handled = all(&handlers, "h")?.concat();
    let bytes = chunk::<1>(b"q").unwrap()[0];
    let r#gen = u8::try_from(n).unwrap();
    Ok(format!(
        "{}{}{}{found}{handled}{bytes}",
        fetch(&client),
        words[0],
        r#gen
    ))
}

#[test]
fn captures_and_calls() {
    assert_eq!(calls().unwrap(), "cwc814h1h113");
    assert_eq!(n_pauses(), 1 + 1 + 3 + 3 + 2 + 1 + 1);
}

#[vthread]
fn groups(words: &[String]) -> Result<usize, String> {
    let total = Mutex::new(0);
    group! {
        for word in words {
            spawn! {
                if word.is_empty() {
                    return Err("empty".to_owned());
                }
                *total.lock() += word.len();
                Ok(())
            }
        }
    }?;
    let n = *total.lock();
    Ok(n)
}

#[test]
fn children() {
    assert_eq!(groups(&["a".into(), "bc".into()]), Ok(3));
    assert!(groups(&["".into()]).is_err());
}
