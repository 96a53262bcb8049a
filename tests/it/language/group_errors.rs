//! Error types of groups: where they come from, and how errors convert into them.

use super::fetching::{Error, fetch, names};
use std::io;
use vthread::prelude::*;
use vthread::sync::Mutex;
use vthread::yield_now;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[vthread]
fn boxed(text: &str) -> Result<(), BoxError> {
    group! {
        spawn! {
            let n: u32 = text.parse()?;
            fetch(&n.to_string())?;
        }
        spawn! {
            if text == "7" {
                Err("seven")?
            }
        }
    }
}

#[test]
fn question_mark_converts() {
    assert!(boxed("5").is_ok());
    assert_eq!(boxed("7").unwrap_err().to_string(), "seven");
    assert!(boxed("x").is_err());
}

/// As in `anyhow`.
mod lookalike {
    #[derive(Debug)]
    pub(super) struct Error(pub(super) String);

    impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
        fn from(error: E) -> Self {
            Error(error.to_string())
        }
    }

    pub(super) type Result<T, E = Error> = std::result::Result<T, E>;

    macro_rules! bail {
        ($($text:tt)*) => {
            return Err($crate::language::group_errors::lookalike::Error(format!($($text)*)))
        };
    }
    pub(super) use bail;
}
use lookalike::bail;

#[vthread]
fn with_bail(urls: &[String]) -> lookalike::Result<usize> {
    let n = Mutex::new(0);
    group! {
        for url in urls {
            spawn! {
                if url == "u9" {
                    bail!("nine {url}");
                }
                *n.lock() += fetch(url)?.len();
            }
        }
        if urls.is_empty() {
            bail!("empty")
        }
    }?;
    Ok(n.into_inner())
}

#[test]
fn bail_in_a_body_and_in_a_child() {
    assert_eq!(with_bail(&names(2)).unwrap(), 8);
    assert_eq!(with_bail(&[]).unwrap_err().0, "empty");
    assert_eq!(with_bail(&names(10)).unwrap_err().0, "nine u9");
}

#[vthread]
fn alias(urls: Vec<String>) -> io::Result<String> {
    group! {
        let first = spawn! { fetch(&urls[0]) };
        let second = spawn! { fetch(&urls[1])? };
        first.join() + &second.join()
    }
}

type Fallible<T> = std::result::Result<T, Error>;

/// Its return type is a `Result` under another name.
#[vthread]
fn other_alias(text: &str) -> Fallible<u32> {
    let n = group! {
        let task = spawn! { 4_u32 };
        let k: u32 = text.parse()?;
        task.join() + k
    }?;
    Ok(n)
}

#[test]
fn aliases_named_result_and_others() {
    assert_eq!(alias(names(2)).unwrap(), "<u0><u1>");
    assert!(alias(vec!["bad".into(), "x".into()]).is_err());
    assert_eq!(other_alias("3"), Ok(7));
    assert!(other_alias("z").is_err());
}

#[vthread]
fn named(urls: &[String]) -> String {
    let result = group!(error = Error => {
        for url in urls {
            spawn! { fetch(url)?; }
        }
        if urls.len() > 3 {
            return "many".to_string();
        }
        urls.len()
    });
    match result {
        Ok(n) => format!("ok {n}"),
        Err(e) => format!("err {e}"),
    }
}

#[vthread]
fn nothing_may_fail() -> Result<u32, Error> {
    let n = group!(error = ! => {
        let task = spawn! { 3 };
        task.join()
    });
    Ok(n)
}

#[test]
fn the_error_option() {
    assert_eq!(named(&names(1)), "ok 1");
    assert_eq!(named(&["bad".into()]), "err no bad");
    assert_eq!(named(&names(4)), "many");
    assert_eq!(nothing_may_fail(), Ok(3));
}

#[vthread]
fn nested(rows: &[Vec<u32>]) -> Result<u32, Error> {
    let total = Mutex::new(0);
    group! {
        for row in rows {
            spawn! {
                let part = Mutex::new(0);
                group! {
                    for x in row {
                        spawn! {
                            yield_now();
                            if *x > 100 {
                                Err("large")?;
                            }
                            *part.lock() += *x;
                        }
                    }
                }?;
                *total.lock() += part.into_inner();
            }
        }
    }?;
    Ok(total.into_inner())
}

#[test]
fn an_inner_error_climbs_by_question_mark() {
    assert_eq!(nested(&[vec![1, 2], vec![3]]), Ok(6));
    assert_eq!(nested(&[vec![1, 2], vec![300]]), Err(Error("large".into())));
}

#[vthread]
fn with_impl_return(n: u32) -> Result<impl Iterator<Item = u32>, Error> {
    let all = group! {
        let task = spawn! { "5".parse::<u32>()? };
        vec![task.join(), n]
    }?;
    Ok(all.into_iter())
}

#[test]
fn the_error_beside_an_opaque_type() {
    assert_eq!(with_impl_return(3).unwrap().sum::<u32>(), 8);
}
