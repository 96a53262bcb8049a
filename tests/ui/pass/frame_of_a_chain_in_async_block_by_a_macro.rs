//! The links of a chain share one check of their place. No macro, closure or future of the user's among them, or around
//! them, has a part of the frame.
#![forbid(unsafe_code)]
use std::future::Future;
use vthread::prelude::*;

macro_rules! info {
    ($($e:expr),*) => {
        async { ($($e,)*) }
    };
}
macro_rules! foreign {
    ($($tokens:tt)*) => {
        async { $($tokens)* }
    };
}

#[derive(Clone, Copy)]
struct Client;

#[vthread]
impl Client {
    fn get(&self, _: u32) -> Client {
        vthread::yield_now();
        Client
    }
    fn id(&self) -> u32 {
        vthread::yield_now();
        1
    }
    fn keep<F: Future>(&self, future: F) -> u32 {
        std::mem::forget(Box::pin(future));
        self.id()
    }
    fn keep_made<F: Future>(&self, make: impl Fn() -> F) -> u32 {
        std::mem::forget(Box::pin(make()));
        self.id()
    }
}

#[vthread]
fn load(client: &Client) -> u32 {
    client.id()
}

#[vthread]
fn around(client: Client) {
    std::mem::forget(Box::pin(info!(client.get(client.id()).get(load(&client)).id())));
    std::mem::forget(Box::pin(foreign!(client.get(client.id().block()).block().id().block())));
}

#[vthread]
fn among(client: Client) -> u32 {
    client.get(client.keep(info!(client.get(client.id()).id()))).id()
        + client.get(client.keep(foreign!(client.get(load(&client)).block().id().block()))).id()
        + client.get(client.keep(async { client.get(client.id().block()).block().id().block() })).id()
        + client.get(client.keep_made(|| async { client.get(client.id().block()).block().id().block() })).id()
        + client.get(client.keep_made(async || client.get(load(&client)).block().id().block())).id()
}

/// The chain itself is handed to a function by a macro by example.
macro_rules! made {
    ($name:ident, $client:ident, $chain:expr) => {
        #[vthread]
        fn $name($client: Client) -> u32 {
            $client.get($client.keep(info!($chain))).get($chain).id()
        }
    };
}
made!(made, client, client.get(client.id()).id());

fn main() {
    around(Client);
    assert_eq!(among(Client), 5);
    assert_eq!(made(Client), 1);
}
