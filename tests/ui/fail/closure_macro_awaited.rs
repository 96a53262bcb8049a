use vthread::{VthreadFn, prelude::*};

fn main() {
    let double = closure!(|n: u32| n * 2);
    let _ = async { double.call(2).await };
}
