use vthread::{map_concurrent, prelude::*};

struct Token;

fn main() {
    let token = Token;
    map_concurrent(
        [1, 2],
        2,
        closure!(move |n: u32| {
            let _ = &token;
            n
        }),
    );
}
