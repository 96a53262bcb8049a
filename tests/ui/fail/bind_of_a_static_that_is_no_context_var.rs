use vthread::prelude::*;

static LIMIT: u64 = 3;

#[vthread]
fn limited() -> u64 {
    bind!(LIMIT = 4 => LIMIT)
}

fn main() {
    limited();
}
