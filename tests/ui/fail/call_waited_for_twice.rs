//! A call is made once.
use vthread::sync::Mutex;

fn main() {
    let total = Mutex::new(1);
    let call = total.lock();
    let first = *call.block();
    println!("{}", first + *call.block());
}
