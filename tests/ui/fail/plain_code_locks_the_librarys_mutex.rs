//! The library's own methods are calls that plain code has to make.
use vthread::sync::Mutex;

fn main() {
    let total = Mutex::new(0);
    *total.lock() += 1;
}
