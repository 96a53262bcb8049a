//! `#[vthread] fn main() -> Result<(), E>`.

use std::num::ParseIntError;
use vthread::prelude::*;

#[vthread]
fn main() -> Result<(), ParseIntError> {
    let case = std::env::args().nth(1).unwrap_or_default();
    let (tx, rx) = vthread::sync::channel::<()>(1);
    background! {
        defer! { println!("child: cleanup"); }
        tx.send(())?;
        if std::env::args().nth(2).is_some() {
            Err("on purpose")?;
        }
        vthread::time::sleep(std::time::Duration::from_secs(3600));
    };
    rx.recv().unwrap();
    while std::env::args().nth(2).is_some() && rx.recv().is_ok() {}
    let number: u32 = case.parse()?;
    println!("{number}");
    Ok(())
}
