//! Plain code that takes a call for the value that it gives: each message names `.block()`.
use vthread::prelude::*;
use vthread::sync::Mutex;

struct User {
    name: String,
    is_admin: bool,
}

struct Client;

#[vthread]
impl Client {
    fn user(&self) -> User {
        User { name: String::new(), is_admin: false }
    }
    fn is_open(&self) -> bool {
        true
    }
    fn pages(&self) -> Vec<String> {
        Vec::new()
    }
}

fn length(client: &Client) -> usize {
    client.user().name.len()
}

fn may(client: &Client) -> bool {
    client.user().is_admin && !client.is_open()
}

fn first(client: &Client) -> String {
    client.pages()[0].clone()
}

fn sets(n: &Mutex<u32>) {
    *n.lock() = 3;
}

fn adds(n: &Mutex<u32>) -> u32 {
    *n.lock() + 1
}

fn shows(n: &Mutex<u32>) {
    println!("{}", *n.lock());
}

fn main() {}
