use vthread::prelude::*;

#[vthread]
fn limited() -> u64 {
    let limit = 3;
    bind!(limit = 4 => limit)
}

fn main() {
    limited();
}
