//! In plain code a method's call has to be made, with `.block()`, or nothing happens.
#![deny(warnings)]
use vthread::prelude::*;

struct Client;

#[vthread]
impl Client {
    fn close(&self) {}
}

fn main() {
    Client.close();
}
