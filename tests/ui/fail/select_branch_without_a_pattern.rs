use std::time::Duration;
use vthread::prelude::*;
use vthread::sync::channel;
use vthread::time::sleep;

#[vthread]
fn patient() {
    let (_tx, rx) = channel::<u32>(1);
    select! {
        n = rx.recv() => println!("{n:?}"),
        sleep(Duration::from_secs(1)) => println!("late"),
    }
}

#[vthread]
fn of_a_method() {
    let (_tx, rx) = channel::<u32>(1);
    select! {
        rx.recv() => println!("something"),
    }
}

fn main() {
    patient();
    of_a_method();
}
