//! `?` on everything that has it, with conversions, in every place.

use super::proof::{begin, give, num, pause, suspends};
use std::fmt;
use std::num::ParseIntError;
use std::ops::ControlFlow;
use std::task::Poll;
use vthread::prelude::*;

#[derive(Debug, PartialEq)]
enum Error {
    Parse(String),
    Text(String),
}

impl From<ParseIntError> for Error {
    fn from(error: ParseIntError) -> Self {
        Error::Parse(error.to_string())
    }
}
impl From<&str> for Error {
    fn from(text: &str) -> Self {
        Error::Text(text.into())
    }
}
impl From<String> for Error {
    fn from(text: String) -> Self {
        Error::Text(text)
    }
}
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
impl std::error::Error for Error {}

type Result<T, E = Error> = std::result::Result<T, E>;

#[vthread]
fn parse(text: &str) -> Result<u32, ParseIntError> {
    pause();
    text.parse()
}

#[vthread]
fn fails(text: &str) -> Result<u32, &str> {
    pause();
    Err(text)
}

struct Api;

#[vthread]
impl Api {
    fn get(&self, text: &str) -> Result<Option<u32>> {
        let n = parse(text)?;
        Ok((n > 0).then_some(n))
    }
    fn nested(&self) -> Option<Result<Option<u32>>> {
        pause();
        Some(Ok(Some(1)))
    }
}

#[vthread]
fn results(text: &str) -> Result<u32> {
    begin().await;
    let a = parse(text)? + parse("1")?;
    let b = Api.get(text)?.ok_or("none")?;
    let c = (parse(text))? * { parse("2")? };
    let d = num(parse("3")?);
    if parse(text)? == 7 {
        fails("seven")?;
    }
    let e = match parse(text)? {
        8 => fails("eight")?,
        n => n,
    };
    let f = [parse("1")?, parse("2")?][parse("1")? as usize];
    let g = parse(&parse("4")?.to_string())?;
    if text == "9" {
        Err(format!("nine {}", num(9)))?
    }
    if text == "10" {
        return Err("ten")?;
    }
    Ok(a + b + c + d + e + f + g)
}

#[test]
fn on_results() {
    assert_eq!(
        suspends(14, || results("5")),
        Ok(6 + 5 + 10 + 3 + 5 + 2 + 4)
    );
    assert!(matches!(suspends(1, || results("x")), Err(Error::Parse(_))));
    assert_eq!(results("0"), Err("none".into()));
    assert_eq!(results("7"), Err("seven".into()));
    assert_eq!(results("8"), Err("eight".into()));
    assert_eq!(results("9"), Err("nine 9".into()));
    assert_eq!(results("10"), Err("ten".into()));
}

#[vthread]
fn options(n: Option<u32>) -> Option<u32> {
    begin().await;
    let a = give(n)?;
    let b = Api.nested()?.ok()??;
    let c = give(Some(Some(2)))??;
    let d = give(&[1, 2][..]).first().copied()?;
    let text = give(Some("3"))?.parse::<u32>().ok()?;
    Some(a + b + c + d + text)
}

#[vthread]
fn flows(n: u32) -> ControlFlow<String, u32> {
    begin().await;
    give(match n {
        1 => ControlFlow::Break("one".to_owned()),
        n => ControlFlow::Continue(n),
    })?;
    for k in 0..3 {
        if num(k) == n {
            ControlFlow::Break(give("found".to_owned()))?;
        }
    }
    ControlFlow::Continue(n)
}

#[vthread]
fn polls(kind: u32) -> Poll<Result<u32>> {
    begin().await;
    let ready: Poll<Result<u32>> = give(match kind {
        0 => Poll::Pending,
        1 => Poll::Ready(Err("poll".into())),
        n => Poll::Ready(Ok(n)),
    });
    ready?.map(|n| Ok(n + 1))
}

#[vthread]
fn poll_of_options() -> Poll<Option<Result<u32>>> {
    pause();
    let item: Poll<Option<Result<u32>>> = Poll::Ready(Some(Err("item".into())));
    let Poll::Ready(Some(n)) = item? else {
        return Poll::Pending;
    };
    Poll::Ready(Some(Ok(n)))
}

#[test]
fn on_options_flows_and_polls() {
    assert_eq!(suspends(5, || options(Some(1))), Some(8));
    assert_eq!(suspends(1, || options(None)), None);
    assert_eq!(suspends(4, || flows(5)), ControlFlow::Continue(5));
    assert_eq!(suspends(1, || flows(1)), ControlFlow::Break("one".into()));
    assert_eq!(
        suspends(1 + 3 + 1, || flows(2)),
        ControlFlow::Break("found".into())
    );
    assert_eq!(suspends(1, || polls(0)), Poll::Pending);
    assert_eq!(suspends(1, || polls(1)), Poll::Ready(Err("poll".into())));
    assert_eq!(suspends(1, || polls(2)), Poll::Ready(Ok(3)));
    assert_eq!(poll_of_options(), Poll::Ready(Some(Err("item".into()))));
}

#[vthread]
fn boxed(text: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    begin().await;
    let n = parse(text)?;
    if num(n) == 1 {
        return Err("one".into());
    }
    if n == 2 {
        Err(Error::Text("two".into()))?;
    }
    let sum = group! {
        let task = spawn! { parse(if n == 3 { "x" } else { "1" })? };
        spawn! {
            if n == 4 {
                Err("four")?;
            }
        }
        task.join() + parse(text)?
    }?;
    Ok(sum)
}

#[test]
fn into_boxed_errors() {
    let messages = ["y", "1", "2", "3", "4"].map(|text| boxed(text).unwrap_err().to_string());
    let invalid = "invalid digit found in string";
    assert_eq!(messages, [invalid, "one", "Text(\"two\")", invalid, "four"]);
    assert_eq!(suspends(3, || boxed("5")).unwrap(), 6);
}

#[vthread]
fn in_macros_and_structures(text: &str) -> Result<String> {
    begin().await;
    struct Pair {
        a: u32,
        b: u32,
    }
    let pair = Pair {
        a: parse(text)?,
        ..Pair {
            a: 0,
            b: parse("2")?,
        }
    };
    let v = vec![parse("1")?, pair.a, pair.b];
    let shown = format!("{}{}", parse("4")?, v.len());
    let range = parse("1")?..parse("3")?;
    let tuple = (parse("5")?, &parse("6")?);
    assert_eq!(parse("7")?, 7, "{}", parse("8")?);
    let cast = parse("9")? as u8;
    Ok(format!("{shown}{range:?}{tuple:?}{cast}"))
}

#[test]
fn in_arguments_of_macros_and_literals() {
    assert_eq!(
        suspends(10, || in_macros_and_structures("1")).unwrap(),
        "431..3(5, 6)9"
    );
    assert!(in_macros_and_structures("z").is_err());
}
