//! Plain code that takes a call of a vthread method for its value.
use vthread::sync::{Mutex, Receiver};

fn changes(list: &Mutex<Vec<u32>>) {
    list.lock().push(1);
}

fn unwraps(numbers: &Receiver<u32>) -> u32 {
    numbers.recv().unwrap()
}

fn shows(numbers: &Receiver<u32>) {
    println!("{}", numbers.recv());
}

fn compares(numbers: &Receiver<u32>) -> bool {
    numbers.recv() == Ok(1)
}

fn adds(n: &Mutex<u32>) -> u32 {
    n.lock() + 1
}

fn main() {}
