//! A `Call` keeps its frame: it is no future, cannot be cloned, and is made by `.block()`.
use vthread::prelude::*;

struct Client;

#[vthread]
impl Client {
    fn get(&self) -> u32 {
        1
    }
}

async fn awaits() -> u32 {
    Client.get().await
}

fn polls() {
    let call = std::pin::pin!(Client.get());
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let _ = call.poll(&mut cx);
}

fn clones() {
    let call = Client.get();
    let _ = call.clone();
}

fn forgets_to_wait() -> u32 {
    Client.get() + 1
}

fn main() {}
